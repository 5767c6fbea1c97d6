"""X: what its own description allows, edits that are new posts, refusals that are evidence, and signed activity."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from parvis.simulator.remote import Simulator
from shared.egress import Egress
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import (
    Account,
    Gone,
    Media,
    RateLimited,
    RawChange,
    Refused,
    Rendition,
    TokenLost,
)
from shared.networks.x import inbound
from shared.networks.x.api import read
from shared.networks.x.client import X
from tests.networks.answers import Answers, answer
from tests.networks.overheard import Overheard
from tests.networks.seats import Seat, delivery, seat, words
from tests.networks.specs import spec

SECRET = "consumer secret"
GONE = {"errors": [{"type": "https://api.x.com/2/problems/resource-not-found", "detail": "Could not find it"}]}


@pytest.fixture
async def kerlann(simulator: Simulator, egress: Egress) -> Seat:
    """An account on the simulated X."""
    return await seat("x", simulator, egress)


async def test_every_call_is_one_that_x_describes(simulator: Simulator, egress: Egress) -> None:
    """Each path exists with that method, takes those parameters, and each field asked for is one that may be."""
    paths, parameters = spec("x.json")["paths"], spec("x.json")["components"]["parameters"]
    here, overheard = await seat("x", simulator, egress), Overheard(egress)
    here.client = X(overheard)  # type: ignore[arg-type]
    client, account, since = here.client, here.account, datetime.now(UTC)
    photo = Media(f"{simulator.url}/static/photo.png", "image/png", "Une vareuse")
    await client.publish(account, Rendition(words().text, media=(photo,)), delivery())
    target = await here.hears("Taille ?")
    await client.reply(account, target, "Grand", delivery())
    await client.find_post(account, here.post(), delivery(), since)
    await client.hide(account, target)
    await client.poll(account, {})
    await client.read(account, target.external_id, {})
    with pytest.raises(Refused):
        await client.delete(account, target)
    await client.whoami(account)
    for call in (one for one in overheard.calls if one.url.startswith(account.base_url)):
        path = call.url.removeprefix(account.base_url).replace(account.account_id, "{id}")
        path = path.replace(target.external_id, "{tweet_id}" if path.endswith("/hidden") else "{id}")
        named = [parameters[one["$ref"].split("/")[-1]] if "$ref" in one else one
                 for one in paths[path][call.method.lower()].get("parameters", ())]  # fmt: skip
        allowed = {one["name"]: one["schema"] for one in named}
        for name, value in (call.parts.get("params") or {}).items():
            choices = allowed[name].get("items", {}).get("enum")
            assert choices is None or set(str(value).split(",")) <= set(choices), (path, name)


async def test_an_edit_is_the_same_thing_under_a_new_id(kerlann: Seat) -> None:
    """Its first id names it, whichever is asked for; its newest is its version."""
    target = await kerlann.hears("Bonjor")
    first = kerlann.client.normalise(await kerlann.client.read(kerlann.account, target.external_id, {}))
    edited = await kerlann.simulator.edit(target.external_id, "Bonjour")
    for known_as in (target.external_id, edited["version"]):
        seen = kerlann.client.normalise(await kerlann.client.read(kerlann.account, known_as, {}))
        assert (seen.external_id, seen.text) == (target.external_id, "Bonjour")
        assert seen.version != first.version


async def test_nobody_deletes_what_others_said(kerlann: Seat) -> None:
    """Refused, and it stands."""
    target = await kerlann.hears("Bande de clowns")
    with pytest.raises(Refused):
        await kerlann.client.delete(kerlann.account, target)
    assert not (await kerlann.simulator.thing(target.external_id))["deleted"]


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (401, {"title": "Unauthorized"}, TokenLost),
        (429, {"title": "Too Many Requests"}, RateLimited),
        (403, {"type": "https://api.x.com/2/problems/usage-capped", "detail": "cap"}, RateLimited),
        (403, {"detail": "You are not allowed to create a Tweet with duplicate content."}, Refused),
        (403, {"detail": "You are not permitted to perform this action."}, Refused),
        (400, {"errors": [{"message": "invalid"}]}, Refused),
        (404, {}, Gone),
        (200, GONE, Gone),
        (200, {"errors": [{"type": "about:blank", "detail": "no"}]}, Refused),
        (500, {}, OutcomeUnknown),
        (302, {}, OutcomeUnknown),
    ],
)
def test_each_answer_has_its_meaning(status: int, body: dict[str, Any], meaning: type[Exception]) -> None:
    """Only a clear refusal counts as one; a lookup of what is not there answers 200."""
    with pytest.raises(meaning):
        read(answer(status, json.dumps(body)))


async def test_x_says_when_to_come_back() -> None:
    """`x-rate-limit-reset` by the network's own clock."""
    headers = {"x-rate-limit-reset": "1795251489", "date": "Sat, 21 Nov 2026 08:58:00 GMT"}
    limited = Answers(answer(429, "{}", headers))
    with pytest.raises(RateLimited) as error:
        await X(limited).whoami(Account("ch", "br", "1", "https://x.example", "t"))  # type: ignore[arg-type]
    assert error.value.after == 9


def test_activity_is_signed_and_the_challenge_is_answered() -> None:
    """Both by the consumer secret, in base64; another body, secret or scheme is a forgery."""
    body = b'{"for_user_id":"1"}'
    signed = {"X-Twitter-Webhooks-Signature": inbound.signature(body, SECRET)}
    assert inbound.verify(signed, body, SECRET)
    assert not inbound.verify(signed, body + b" ", SECRET)
    assert not inbound.verify(signed, body, "another")
    assert not inbound.verify({}, body, "")
    proof = json.loads(inbound.handshake({"crc_token": "abc"}, SECRET) or "{}")
    assert proof == {"response_token": inbound.signature(b"abc", SECRET)}
    assert inbound.handshake({}, SECRET) is None


def test_the_challenge_signs_no_webhook() -> None:
    """Anybody may send a challenge: one that is a body would be answered with that body's signature."""
    forged = '{"for_user_id":"1","tweet_delete_events":[{"status":{"id":"9"}}]}'
    assert inbound.handshake({"crc_token": forged}, SECRET) is None


TWEET = {
    "id_str": "9", "created_at": "Sat Nov 21 07:58:00 +0000 2026", "text": "@kerlann Taille ?", "lang": "fr",
    "user": {"id_str": "77", "name": "Camille", "screen_name": "camille"}, "in_reply_to_status_id_str": None,
}  # fmt: skip


def told(**more: Any) -> list[RawChange]:
    return list(inbound.split(json.dumps({"for_user_id": "1", **more}).encode()))


def test_a_mention_is_read_and_an_answer_is_looked_up() -> None:
    """An answer's conversation is not told, so where it stands is asked; a repost says nothing of its own."""
    (mention,) = told(tweet_create_events=[TWEET])
    seen = inbound.normalise(mention)
    assert seen is not None
    assert (seen.kind, seen.interaction_kind, seen.thread_external_id) == ("created", "mention", "9")
    assert (seen.author.handle, seen.said_at) == ("camille", datetime(2026, 11, 21, 7, 58, tzinfo=UTC))
    (reply,) = told(tweet_create_events=[TWEET | {"in_reply_to_status_id_str": "5"}])
    noticed = inbound.normalise(reply)
    assert noticed is not None
    assert noticed.kind == "noticed"
    (repost,) = told(tweet_create_events=[TWEET | {"retweeted_status": {"id_str": "3"}}])
    assert inbound.normalise(repost) is None
    (deleted,) = told(tweet_delete_events=[{"status": {"id": "9", "user_id": "77"}}])
    assert (inbound.normalise(deleted) or seen).kind == "deleted"


def test_short_links_become_what_they_stand_for() -> None:
    """A link comes back whole, the one of a picture goes, and X's escapes are undone."""
    urls = [{"url": "https://t.co/a", "expanded_url": "https://kerlann.example/vareuse"},
            {"url": "https://t.co/b", "expanded_url": "https://x.com/1/photo/1", "media_key": "3_1"}]  # fmt: skip
    post = {"text": "Pull &amp; bonnet https://t.co/a https://t.co/b", "entities": {"urls": urls}}
    assert inbound.plain(post) == "Pull & bonnet https://kerlann.example/vareuse"
