"""What a data server's answers mean, and what is sent and read without asking one."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.egress import Response
from shared.errors import NotSent, OutcomeUnknown
from shared.networks.bluesky import record
from shared.networks.bluesky.client import Bluesky
from shared.networks.capabilities import (
    Account,
    Coded,
    Connecting,
    DeliveryKey,
    Gone,
    Media,
    Moderating,
    Normalising,
    Polling,
    Publishing,
    RateLimited,
    RawChange,
    Refused,
    Rendition,
    Settling,
    TokenLost,
    Webhooks,
)
from tests.networks.answers import Answers, answer
from tests.networks.tapes import no_token

ACCOUNT = Account("channel", "brand", "did:plc:alice", "https://pds.example", "alice.test:word")
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
KEY = DeliveryKey("delivery-1", NOW)
SIGNED_IN = answer(
    200,
    json.dumps({"did": "did:plc:alice", "handle": "alice.test", "accessJwt": no_token(), "refreshJwt": no_token()}),
)
POST = "at://did:plc:bob/app.bsky.feed.post/3kaaaaaaaaa2a"


def error(status: int, name: str, headers: dict[str, str] | None = None) -> Response:
    return answer(status, json.dumps({"error": name, "message": "…"}), headers)


def bluesky(*given: Any) -> Bluesky:
    return Bluesky(Answers(*given), lambda: NOW)


@pytest.mark.parametrize(
    ("given", "means"),
    [
        (error(400, "RecordNotFound"), Gone),
        (error(400, "InvalidRequest"), Refused),
        (error(400, "AccountDeactivated"), Refused),
        (error(401, "AuthMissing"), TokenLost),
        (error(429, "RateLimitExceeded"), RateLimited),
        (error(502, "UpstreamFailure"), OutcomeUnknown),
        (answer(404, "<html>"), Refused),
        (answer(200, "<html>"), OutcomeUnknown),
    ],
)
async def test_an_answer_has_one_meaning(given: Response, means: type[Exception]) -> None:
    """The name of the error tells, not the status; another account's trouble is not ours."""
    with pytest.raises(means):
        await bluesky(SIGNED_IN, given).read(ACCOUNT, POST, {})


async def test_a_wait_is_told_in_seconds_or_as_a_moment() -> None:
    """`Retry-After` first, else `RateLimit-Reset`, a Unix time."""
    reset = str(int(NOW.timestamp()) + 90)
    for headers, after in (({"retry-after": "7", "ratelimit-reset": reset}, 7), ({"ratelimit-reset": reset}, 90)):
        with pytest.raises(RateLimited) as limited:
            await bluesky(SIGNED_IN, error(429, "RateLimitExceeded", headers)).read(ACCOUNT, POST, {})
        assert limited.value.after == after


async def test_a_bad_password_is_not_tried_again_and_again() -> None:
    """A server allows few sign-ins: one that failed is remembered for five minutes, another password is tried."""
    egress = Answers(error(401, "AuthenticationRequired"))
    client = Bluesky(egress, lambda: NOW)
    for _ in range(3):
        with pytest.raises(TokenLost):
            await client.whoami(ACCOUNT)
    assert len(egress.asked) == 1
    with pytest.raises(TokenLost):
        await client.whoami(Account("channel", "brand", "", ACCOUNT.base_url, "alice.test:other"))
    assert len(egress.asked) == 2


async def test_too_many_sign_ins_are_waited_for() -> None:
    """While the server does not let us sign in we do not knock, and what was to be written is not sent."""
    egress = Answers(error(429, "RateLimitExceeded", {"retry-after": "290"}))
    client = Bluesky(egress, lambda: NOW)
    for _ in range(2):
        with pytest.raises(RateLimited) as limited:
            await client.publish(ACCOUNT, Rendition("Bonjour"), KEY)
        assert limited.value.after == 290
    assert len(egress.asked) == 1


async def test_a_session_that_ended_is_renewed_for_a_read_and_not_behind_a_write() -> None:
    """Reading again harms nobody; a write that the server turned away is told as not sent, and is asked for anew."""
    over, renewed = error(400, "ExpiredToken"), SIGNED_IN
    profile = answer(200, '{"displayName":"Alice"}')
    egress = Answers(SIGNED_IN, over, renewed, profile)
    assert (await Bluesky(egress, lambda: NOW).whoami(ACCOUNT)).name == "Alice"
    assert [url.rsplit(".", 1)[1] for _, url, _ in egress.asked] == [
        "createSession",
        "getProfile",
        "refreshSession",
        "getProfile",
    ]
    egress = Answers(SIGNED_IN, over)
    with pytest.raises(NotSent):
        await Bluesky(egress, lambda: NOW).publish(ACCOUNT, Rendition("Bonjour"), KEY)
    assert sum(url.endswith("putRecord") for _, url, _ in egress.asked) == 1


async def test_only_the_create_call_can_leave_the_outcome_unknown() -> None:
    """Signing in and looking people up create nothing."""
    broken = OutcomeUnknown("the line broke")
    for given in ((broken,), (SIGNED_IN, broken)):
        with pytest.raises(NotSent):
            await bluesky(*given).publish(ACCOUNT, Rendition("Bonjour @bob.test"), KEY)
    with pytest.raises(OutcomeUnknown):
        await bluesky(SIGNED_IN, broken).publish(ACCOUNT, Rendition("Bonjour"), KEY)


@pytest.mark.parametrize("body", ["{}", '{"uri":1}', '{"did":"x"}'])
async def test_answers_in_no_known_shape_leave_the_outcome_unknown(body: str) -> None:
    """A create call that was answered strangely is to be looked for; a sign-in that was has sent nothing."""
    with pytest.raises(OutcomeUnknown):
        await bluesky(SIGNED_IN, answer(200, body)).publish(ACCOUNT, Rendition("Bonjour"), KEY)
    with pytest.raises(OutcomeUnknown):
        await bluesky(answer(200, body)).whoami(ACCOUNT)


def test_keys_are_tids_that_sort_by_time() -> None:
    """Thirteen signs of the sortable alphabet, the first a low one; a later second has a higher key."""
    keys = [record.key(DeliveryKey("d", NOW + timedelta(seconds=second))) for second in range(50)]
    assert keys == sorted(set(keys))
    assert all(len(key) == 13 and set(key) <= set(record.SORTABLE) and key[0] in "234567abcdefghij" for key in keys)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("voir https://example.org/a?b=c.", ["https://example.org/a?b=c"]),
        ("(https://example.org/x)", ["https://example.org/x"]),
        ("@bob.test, salut", ["@bob.test"]),
        ("a@bob.test n'est pas une mention", []),
        ("#été #2026 #", ["#été"]),
        ("c#dur et a/#non", []),
        ("👨‍👩‍👧‍👦 #fête!", ["#fête"]),
    ],
)
def test_marks_stand_where_the_words_are(text: str, marked: list[str]) -> None:
    """Places count bytes, and punctuation stays outside."""
    raw, found = text.encode(), record.facets(text, {"bob.test": "did:plc:bob"})
    assert [raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode() for one in found] == marked


def test_golden_lengths() -> None:
    """One family is one grapheme; a composed and a decomposed letter count the same; a long address counts whole."""
    lengths = {"👨‍👩‍👧‍👦": 1, "café": 4, "cafe\u0301": 4, "🇫🇷": 1, "5️⃣": 1, "https://example.org/" + "x" * 70: 90}
    assert {text: bluesky().count(text) for text in lengths} == lengths


def test_the_codes_of_a_post() -> None:
    """Length of what is really sent, four images, descriptions, no video."""
    client = bluesky()
    image, video = Media("https://example.org/a.png", "image/png"), Media("https://example.org/a.mp4", "video/mp4", "x")
    assert [one.rule for one in client.check(Rendition(""))] == ["post.empty"]
    assert [one.rule for one in client.check(Rendition("x" * 290, title="Un titre de plus"))] == ["post.text"]
    assert client.check(Rendition("x", media=[image] * 5))[0].rule == "post.images"
    assert [(one.level, one.rule) for one in client.check(Rendition("x", media=[image]))] == [
        ("warning", "media.no_alt")
    ]
    assert [one.rule for one in client.check(Rendition("x", media=[video]))] == ["media.type"]
    assert client.limit() == 300


def test_hidden_addresses_are_shown_to_moderators() -> None:
    """A word that leads elsewhere and a card's address are part of what was said; the picture comes with it."""
    facet = {"features": [{"uri": "https://spam.example/x"}], "index": {"byteStart": 0, "byteEnd": 3}}
    post = {
        "uri": POST, "cid": "bafy", "author": {"did": "did:plc:bob", "handle": "bob.test"},
        "record": {"text": "ici", "createdAt": "2026-11-21T08:00:00Z", "facets": [facet]},
        "embed": {"images": [{"fullsize": "https://cdn.example/i", "alt": "Un chat"}]},
        "indexedAt": "2026-11-21T08:00:00Z",
    }  # fmt: skip
    raw = RawChange("bluesky", "did:plc:alice", POST, "seen", json.dumps({"post": post, "backdated": True}).encode())
    sighting = bluesky().normalise(raw)
    assert sighting is not None
    assert sighting.text == "ici\n(https://spam.example/x)"
    assert sighting.media == [Media("https://cdn.example/i", "image/jpeg", "Un chat")]
    assert sighting.said_at is None
    assert sighting.interaction_kind == "mention"


async def test_a_reply_dated_back_is_not_taken_for_an_old_one() -> None:
    """New in a thread that was read before, yet dated a year ago: its own date is not believed."""
    root = "at://did:plc:alice/app.bsky.feed.post/3kroot222222a"

    def view(uri: str, at: str, **more: Any) -> dict[str, Any]:
        made = {"text": "x", "createdAt": at, **more}
        author = {"did": uri.split("/")[2], "handle": "x.test"}
        return {"uri": uri, "cid": "c", "author": author, "record": made, "indexedAt": at, "replyCount": 1}

    ours = view(root, "2026-11-20T09:00:00Z")
    late = view(POST, "2025-01-01T09:00:00Z", reply={"root": {"uri": root}, "parent": {"uri": root}})
    egress = Answers(
        SIGNED_IN,
        answer(200, json.dumps({"notifications": []})),
        answer(200, json.dumps({"feed": [{"post": ours}]})),
        answer(200, json.dumps({"thread": {"post": ours, "replies": [{"post": late}]}})),
    )
    cursor = {"until": (NOW - timedelta(minutes=1)).isoformat(), "counts": {root: 0}, "ring": [root]}
    page = await Bluesky(egress, lambda: NOW).poll(ACCOUNT, cursor)
    dates = {raw.external_id: bluesky().normalise(raw).said_at for raw in page.changes}  # type: ignore[union-attr]
    assert dates[POST] is None
    assert dates[root] is not None


def test_what_it_offers() -> None:
    """Everything but webhooks: there are none, so the channel's completeness says "by design"."""
    client = bluesky()
    for protocol in (Coded, Connecting, Moderating, Normalising, Polling, Publishing, Settling):
        assert isinstance(client, protocol)
    assert not isinstance(client, Webhooks)
    assert client.rescan_bound


MALFORMED = [b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"post":{}}', b'{"post":[]}', b"[" * 100_000]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_post_is_a_value_error(body: bytes) -> None:
    """Whoever sent it: never another error."""
    with pytest.raises(ValueError):
        bluesky().normalise(RawChange("bluesky", "did:plc:alice", POST, "seen", body))
