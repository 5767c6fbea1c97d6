"""X's words: a webhook, a poll and a look for our own post read the same of the same post."""

import json
from datetime import UTC, datetime
from typing import Any

from shared.networks.capabilities import Account, RawChange, Rendition, Sighting, Target
from shared.networks.x import inbound
from shared.networks.x.client import X
from tests.networks.answers import Answers, answer
from tests.networks.seats import delivery

ACCOUNT = Account("channel", "brand", "1", "https://x.example", "token")
LINK = "https://kerlann.example/?a=1&copy=2&section=3"
USER = {"id_str": "77", "name": "Camille", "screen_name": "camille"}
SHORT = {"url": "https://t.co/a", "expanded_url": LINK}
PICTURE = {
    "url": "https://t.co/b", "expanded_url": "https://x.com/camille/status/9/photo/1", "type": "photo",
    "media_url_https": "https://pbs.example/1.jpg", "ext_alt_text": "Une vareuse",
}  # fmt: skip
WORDS = "@kerlann Pull &amp; bonnet https://t.co/a https://t.co/b"
TWEET = {
    "id_str": "9", "created_at": "Sat Nov 21 07:58:00 +0000 2026", "text": WORDS, "user": USER,
    "entities": {"urls": [SHORT], "media": [PICTURE]},
}  # fmt: skip
POST = {
    "id": "9", "author_id": "77", "conversation_id": "9", "created_at": "2026-11-21T07:58:00.000Z", "text": WORDS,
    "entities": {"urls": [SHORT, {"url": "https://t.co/b", "expanded_url": "https://x.com/p", "media_key": "3_1"}]},
    "attachments": {"media_keys": ["3_1"]}, "edit_history_post_ids": ["9"],
}  # fmt: skip
INCLUDES = {
    "users": [{"id": "77", "name": "Camille", "username": "camille"}],
    "media": [{"media_key": "3_1", "type": "photo", "url": "https://pbs.example/1.jpg", "alt_text": "Une vareuse"}],
}


def told(tweet: dict[str, Any]) -> Sighting:
    (change,) = inbound.split(json.dumps({"for_user_id": "1", "tweet_create_events": [tweet]}).encode())
    return seen(change)


def seen(change: RawChange) -> Sighting:
    found = inbound.normalise(change)
    assert found is not None
    assert found.external_id == change.external_id
    return found


def test_a_webhook_reads_what_a_poll_reads() -> None:
    """Words, links and pictures: any difference would be taken for an edit by whoever said it."""
    by_webhook, by_poll = told(TWEET), seen(inbound.raw_post("1", POST, INCLUDES))
    assert by_webhook.text == f"@kerlann Pull & bonnet {LINK}"
    assert by_webhook == by_poll


def test_a_long_post_is_told_whole() -> None:
    """Its first words stand outside, all of it with its own links inside."""
    long = {"full_text": "Pull &lt;3 https://t.co/a", "entities": {"urls": [SHORT]}}
    assert told({**TWEET, "text": "Pull… https://t.co/z", "extended_tweet": long}).text == f"Pull <3 {LINK}"


def test_an_edit_that_is_told_is_the_same_thing_under_a_new_id() -> None:
    """Its first id names it, as in a poll; else it would be shown, counted and judged as a second post."""
    edited = told({**TWEET, "id_str": "12", "edit_history": {"initial_tweet_id": "9", "edit_tweet_ids": ["9", "12"]}})
    assert (edited.external_id, edited.version, edited.thread_external_id) == ("9", "12", "9")


def test_a_link_with_signs_in_it_stays_what_it_is() -> None:
    """`&copy=2` in an address is no ©."""
    assert inbound.plain(POST) == f"@kerlann Pull & bonnet {LINK}"


async def test_our_own_post_with_such_a_link_is_found() -> None:
    """Taken for absent, a post that stands there would be sent again."""
    ours = {**POST, "text": "Pull &amp; bonnet\n\nhttps://t.co/a", "author_id": "1"}
    client = X(Answers(answer(200, json.dumps({"data": [ours], "meta": {}}))))  # type: ignore[arg-type]
    post = Rendition("Pull & bonnet", link=LINK)
    found = await client.find_post(ACCOUNT, post, delivery(), datetime(2026, 11, 21, tzinfo=UTC))
    assert [one.remote_id for one in found] == ["9"]


async def test_the_same_wish_to_another_is_another_post() -> None:
    """X names nobody by itself in a post: taken for ours, the other one would be sent a second time."""
    other = {**POST, "id": "8", "text": "@bob Bonne fête !", "entities": {}, "edit_history_post_ids": ["8"]}
    ours = {**other, "id": "7", "text": "@ines  Bonne fête !", "edit_history_post_ids": ["7"]}
    client = X(Answers(answer(200, json.dumps({"data": [other, ours], "meta": {}}))))  # type: ignore[arg-type]
    since = datetime(2026, 11, 21, tzinfo=UTC)
    found = await client.find_post(ACCOUNT, Rendition("@ines Bonne fête !"), delivery(), since)
    assert [one.remote_id for one in found] == ["7"]


def test_rights_taken_away_are_no_malformed_call() -> None:
    """X tells it without saying for whom; the next call with the token finds it out."""
    assert not inbound.split(b'{"user_event": {"revoke": {"source": {"user_id": "1"}}}}')


async def test_a_link_that_was_written_as_a_name_is_found_again() -> None:
    """X gives it back as a whole address: what stands there must not go out a second time."""
    named = {"start": 7, "end": 30, "url": "https://t.co/aBcDeF1234", "expanded_url": "http://kerlann.fr"}
    about = {"created_at": "2026-11-21T09:00:00.000Z", "entities": {"urls": [named]}}
    post = {"id": "1", "text": "Vu sur https://t.co/aBcDeF1234 !", **about}
    answer_to = {"id": "9", "type": "replied_to"}
    reply = {**post, "id": "2", "text": "@camille Vu sur https://t.co/aBcDeF1234 !", "referenced_posts": [answer_to]}
    client = X(Answers(answer(200, json.dumps({"data": [reply, post], "meta": {}}))))  # type: ignore[arg-type]
    since, target = datetime(2026, 11, 21, tzinfo=UTC), Target("9", "9", "camille", "", {})
    found = await client.find_post(ACCOUNT, Rendition("Vu sur kerlann.fr !"), delivery(), since)
    assert [one.remote_id for one in found] == ["1"]
    found = await client.find_reply(ACCOUNT, target, "Vu sur kerlann.fr !", delivery(), since)
    assert [one.remote_id for one in found] == ["2"]
