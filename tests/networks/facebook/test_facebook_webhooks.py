"""Meta's webhooks: who sent them, what they hold, what each change means."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.networks.capabilities import RawChange, Sighting
from shared.networks.facebook import inbound
from shared.networks.meta import webhooks

SECRET, BODY = "It's a Secret to Everybody", b"Hello, World!"
SIGNED = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
COMMENT = {
    "from": {"id": "77", "name": "Camille Leroy"}, "item": "comment", "verb": "add", "created_time": 1795247880,
    "post_id": "1_2", "comment_id": "2_3", "parent_id": "1_2", "message": "Elle taille grand ?",
    "post": {"id": "1_2", "permalink_url": "https://www.facebook.com/1/posts/2"},
}  # fmt: skip


def change(**value: Any) -> dict[str, Any]:
    return {"field": "feed", "value": COMMENT | value}


def told(**value: Any) -> Sighting | None:
    """What a change with these values means."""
    body = json.dumps({"object": "page", "entry": [{"id": "1", "time": 1, "changes": [change(**value)]}]})
    (raw,) = inbound.split(body.encode())
    return inbound.normalise(raw)


def test_the_published_signature_is_ours() -> None:
    """The one documented vector of X-Hub-Signature-256, whatever the header's letters."""
    for name in ("X-Hub-Signature-256", "x-hub-signature-256"):
        assert webhooks.verify({name: SIGNED}, BODY, SECRET)


@pytest.mark.parametrize(
    ("headers", "body", "secret"),
    [
        ({"X-Hub-Signature-256": SIGNED}, BODY + b" ", SECRET),
        ({"X-Hub-Signature-256": SIGNED}, BODY, "another secret"),
        ({"X-Hub-Signature-256": SIGNED.removeprefix("sha256=")}, BODY, SECRET),
        ({"X-Hub-Signature": "sha1=0"}, BODY, SECRET),
        ({"X-Hub-Signature-256": "sha256=é"}, BODY, SECRET),
        ({}, BODY, SECRET),
        ({"X-Hub-Signature-256": SIGNED}, BODY, ""),
    ],
)
def test_anything_else_is_a_forgery(headers: dict[str, str], body: bytes, secret: str) -> None:
    """One changed byte, another secret, another scheme or no secret at all: not from Meta."""
    assert not webhooks.verify(headers, body, secret)


def test_the_handshake_answers_only_who_knows_the_token() -> None:
    """Meta's challenge is repeated to Meta, and to nobody who guesses."""
    asked = {"hub.mode": "subscribe", "hub.verify_token": "let me in", "hub.challenge": "1158201444"}
    assert webhooks.handshake(asked, "let me in") == "1158201444"
    assert webhooks.handshake(asked, "other") is None
    assert webhooks.handshake(asked, "") is None
    assert webhooks.handshake(asked | {"hub.mode": "unsubscribe"}, "let me in") is None


def test_one_call_holds_many_changes_of_many_pages() -> None:
    """Each part goes to its own page, in order, and names what it is about."""
    entries = [
        {"id": "1", "time": 1, "changes": [change(), change(comment_id="2_4", verb="edited")]},
        {"id": "9", "time": 1, "changes": [change(post_id="9_5", comment_id="5_6")]},
    ]
    parts = inbound.split(json.dumps({"object": "page", "entry": entries}).encode())
    assert [(part.account_id, part.external_id, part.kind) for part in parts] == [
        ("1", "2_3", "feed.comment.add"),
        ("1", "2_4", "feed.comment.edited"),
        ("9", "5_6", "feed.comment.add"),
    ]
    assert json.loads(parts[0].body) == COMMENT


def test_a_comment_is_a_sighting() -> None:
    """Who said what, where, when."""
    seen = told()
    assert seen is not None
    assert (seen.kind, seen.external_id, seen.thread_external_id, seen.parent_external_id) == (
        "created", "2_3", "1_2", "1_2",
    )  # fmt: skip
    assert (seen.text, seen.author.name, seen.interaction_kind) == ("Elle taille grand ?", "Camille Leroy", "comment")
    assert seen.said_at is not None
    assert seen.said_at.isoformat() == "2026-11-21T07:58:00+00:00"


def test_an_answer_to_a_comment_is_a_reply() -> None:
    """Its parent is the comment, its thread the post."""
    seen = told(comment_id="2_5", parent_id="2_3")
    assert seen is not None
    assert (seen.interaction_kind, seen.parent_external_id, seen.thread_external_id) == ("reply", "2_3", "1_2")


def test_the_page_itself_is_the_brand() -> None:
    """What the page says is marked as its own."""
    seen = told(**{"from": {"id": "1", "name": "Kerlann"}})
    assert seen is not None
    assert seen.author_is_brand


@pytest.mark.parametrize(
    ("verb", "kind", "visibility"),
    [
        ("edited", "edited", "public"), ("edit", "edited", "public"), ("remove", "deleted", "public"),
        ("delete", "deleted", "public"), ("hide", "visibility", "hidden"), ("unhide", "visibility", "public"),
    ],
)  # fmt: skip
def test_each_verb_has_its_meaning(verb: str, kind: str, visibility: str) -> None:
    """Edits, deletions and hides are told apart; none of them is a new comment."""
    seen = told(verb=verb)
    assert seen is not None
    assert (seen.kind, seen.visibility) == (kind, visibility)


@pytest.mark.parametrize("value", [{"item": "reaction"}, {"item": "like"}, {"verb": "mute"}, {"item": "event"}])
def test_what_nobody_said_is_of_no_interest(value: dict[str, str]) -> None:
    """Likes and their kin are not interactions."""
    assert told(**value) is None


def test_somebody_without_a_name_is_still_somebody() -> None:
    """Graph leaves `from` out where a person has not agreed to be named."""
    seen = told(**{"from": None})
    assert seen is not None
    assert seen.author.external_id == ""
    assert not seen.author_is_brand


VALUES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.lists(st.integers(), max_size=2)
    | st.just({"data": [{"media": 1}, 2]})
    | st.dictionaries(st.sampled_from(["id", "name", "data"]), st.none() | st.integers() | st.text(max_size=3))
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([*COMMENT, "id", "parent", "object", "attachments", "attachment"]), VALUES))
def test_strange_values_are_value_errors(value: dict[str, Any]) -> None:
    """Whatever stands in a change, reading it gives a sighting, nothing, or a ValueError."""
    body = json.dumps({"item": "comment", "verb": "add", **value}).encode()
    for kind in ("feed.comment.add", "read.comment"):
        try:
            seen = inbound.normalise(RawChange("facebook", "1", "2", kind, body))
        except ValueError:
            continue
        assert seen is None or seen.external_id


def test_half_an_emoji_does_not_cost_the_others_their_change() -> None:
    """A text cut in the middle of a character cannot be written as UTF-8: the half is replaced, the call is taken."""
    body = json.dumps({"object": "page", "entry": [{"id": "1", "changes": [change(message="oh \ud83d"), change()]}]})
    cut, whole = (inbound.normalise(raw) for raw in inbound.split(body.encode()))
    assert cut is not None
    assert whole is not None
    assert (cut.text, whole.text) == ("oh ?", "Elle taille grand ?")
