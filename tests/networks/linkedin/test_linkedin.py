"""LinkedIn: notifications of ids alone, posts known by two names, refusals that are evidence, and honest limits."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from parvis.simulator.remote import Simulator
from shared.egress import Egress
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Gone, Media, RateLimited, RawChange, Refused, Rendition, TokenLost
from shared.networks.linkedin import inbound
from shared.networks.linkedin.api import VERSION, read
from shared.networks.linkedin.client import LinkedIn
from tests.networks.answers import Answers, answer
from tests.networks.overheard import Overheard
from tests.networks.seats import Seat, delivery, seat, words

SECRET = "client secret"
ACCOUNT = Account("ch", "br", "96072893", "https://api.linkedin.example", "secret")
DUPLICATE = {
    "message": "Content is a duplicate of urn:li:share:7141138937766391808",
    "errorDetails": {"inputErrors": [{"description": "Duplicate post is detected", "code": "DUPLICATE_POST"}]},
}


@pytest.fixture
async def kerlann(simulator: Simulator, egress: Egress) -> Seat:
    """A Page on the simulated LinkedIn."""
    return await seat("linkedin", simulator, egress)


async def test_a_text_with_reserved_signs_and_pictures_gets_there_whole(simulator: Simulator, egress: Egress) -> None:
    """Escaped, so that nothing cuts it off; each picture with its description; every call of a version."""
    here, overheard = await seat("linkedin", simulator, egress), Overheard(egress)
    here.client = LinkedIn(overheard)  # type: ignore[arg-type]
    photo = Media(f"{simulator.url}/static/photo.png", "image/png", "Une vareuse")
    text = f"{words().text} (bleue) #maille_1 <3"
    published = await here.client.publish(here.account, Rendition(text, media=(photo, photo)), delivery())
    there = await simulator.thing(published.remote_id)
    assert (there["text"], len(there["media"])) == (text, 2)
    (post,) = [one.parts["json"] for one in overheard.calls if one.url.endswith("/rest/posts")]
    assert [one["altText"] for one in post["content"]["multiImage"]["images"]] == ["Une vareuse"] * 2
    calls = [one for one in overheard.calls if "/rest/" in one.url]
    assert {one.parts["headers"]["LinkedIn-Version"] for one in calls} == {VERSION}


async def test_an_answer_to_an_answer_is_put_below_the_comment_above_it(kerlann: Seat) -> None:
    """LinkedIn has two levels; where the answer stands is known from what was read."""
    target = await kerlann.hears("Taille ?")
    said = await kerlann.simulator.comment(kerlann.row, "Moi aussi", "Paul", parent=target.external_id)
    extra = (await kerlann.seen())[said["id"]].extra
    published = await kerlann.client.reply(kerlann.account, replace(kerlann.target(said), extra=extra), "M", delivery())
    assert (await kerlann.simulator.thing(published.remote_id))["parent_id"] == target.external_id


async def test_the_page_deletes_what_others_said_below_its_posts_and_nowhere_else(kerlann: Seat) -> None:
    """Nobody can hide there."""
    target = await kerlann.hears("Bande de clowns")
    assert await kerlann.client.delete(kerlann.account, target) == "done"
    elsewhere = await kerlann.simulator.post(kerlann.row, "Bande de clowns", "Camille Leroy")
    with pytest.raises(Refused):
        await kerlann.client.delete(kerlann.account, kerlann.target(elsewhere))


async def test_a_poll_tells_of_mentions_and_of_deletions(kerlann: Seat) -> None:
    """By what LinkedIn has notified: a post of somebody else, and a comment that is no more."""
    mention = await kerlann.simulator.post(kerlann.row, "Vu chez Kerlann", "Camille Leroy")
    target = await kerlann.hears("Je l'efface")
    _, cursor = await kerlann.polled()
    await kerlann.simulator.delete(target.external_id)
    seen = await kerlann.seen(cursor)
    assert seen[target.external_id].kind == "deleted"
    told = seen[mention["id"]]
    assert (told.interaction_kind, told.author.name, told.author_is_brand) == ("mention", "Camille Leroy", False)


async def test_a_post_that_is_closed_to_us_keeps_no_other_from_being_read() -> None:
    """Its comments are taken as they were told, where they were; those of the next are read, and the poll goes on."""
    silent = NOTIFICATION | {"generatedActivity": "urn:li:comment:(activity:1,2)", "decoratedGeneratedActivity": None}
    other = "urn:li:comment:(urn:li:activity:3,4)"
    said = {"owner": "urn:li:person:p", "text": "Et en vert ?", "object": "urn:li:activity:3", "entity": other}
    whole = NOTIFICATION | {"decoratedGeneratedActivity": {"comment": said}}
    notices, page = {"elements": [silent, whole, NOTIFICATION]}, {"results": {"7094977717598625792": SAID}}
    denied = answer(403, json.dumps({"message": "Not enough permissions", "code": "ACCESS_DENIED"}))
    answers = Answers(answer(200, json.dumps(notices)), denied, denied, answer(200, json.dumps(page)), answer(200))
    now = datetime.now(UTC).isoformat()
    client = LinkedIn(answers)  # type: ignore[arg-type]
    found = await client.poll(ACCOUNT, {"walk": {"began": now, "since": now, "feeds": ["notices"], "start": 0}})
    assert not found.more
    seen = {change.external_id: inbound.normalise(change) for change in found.changes}
    assert {urn: one and one.text for urn, one in seen.items()} == {other: "Et en vert ?", COMMENT: "Taille ?"}


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (401, {"message": "The token used in the request has expired", "code": "EXPIRED_ACCESS_TOKEN"}, TokenLost),
        (429, {"message": "Resource level throttle limit reached"}, RateLimited),
        (403, {"message": "Not enough permissions", "code": "ACCESS_DENIED"}, Refused),
        (422, DUPLICATE, Refused),
        (426, {"message": "Requested version is not active", "code": "NONEXISTENT_VERSION"}, Refused),
        (404, {"message": "Not found"}, Gone),
        (500, {"message": "Internal Server Error"}, OutcomeUnknown),
        (302, {}, OutcomeUnknown),
    ],
)
def test_each_answer_has_its_meaning(status: int, body: dict[str, Any], meaning: type[Exception]) -> None:
    """Only a clear refusal counts as one."""
    with pytest.raises(meaning) as raised:
        read(answer(status, json.dumps(body)))
    assert getattr(raised.value, "code", "") in ("", "ACCESS_DENIED", "DUPLICATE_POST", "NONEXISTENT_VERSION")


def test_notifications_are_signed_and_the_challenge_is_answered() -> None:
    """By the client secret, the body after a word of LinkedIn's; another body or secret is a forgery."""
    body = b'{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"}'
    signed = {"X-LI-Signature": inbound.signature(body, SECRET)}
    assert inbound.verify(signed, body, SECRET)
    assert not inbound.verify(signed, body + b" ", SECRET)
    assert not inbound.verify(signed, body, "another")
    assert not inbound.verify({"X-LI-Signature": inbound.keyed(body, SECRET)}, body, SECRET)
    assert not inbound.verify({}, body, "")
    code = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
    proof = json.loads(inbound.handshake({"challengeCode": code}, SECRET) or "{}")
    assert proof == {"challengeCode": code, "challengeResponse": inbound.keyed(code.encode(), SECRET)}
    assert inbound.handshake({}, SECRET) is None


def test_the_challenge_signs_no_notification() -> None:
    """Anybody may send a challenge: one that is a body, with LinkedIn's word, would be answered with its signature."""
    forged = '{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS","notifications":[]}'
    assert inbound.handshake({"challengeCode": f"hmacsha256={forged}"}, SECRET) is None
    assert inbound.handshake({"challengeCode": forged}, SECRET) is None


# as LinkedIn was seen to send one: the post is a share, its comments know it as an activity
NOTIFICATION = {
    "notificationId": 5603453321, "organizationalEntity": "urn:li:organization:96072893", "action": "COMMENT",
    "lastModifiedAt": 1691574506310, "sourcePost": "urn:li:activity:7094637247890620418",
    "decoratedSourcePost": {"entity": "urn:li:share:7094637247487995904", "text": "This is my post 0008"},
    "generatedActivity": "urn:li:comment:(activity:7094637247890620418,7094977717598625792)",
    "decoratedGeneratedActivity": {"comment": {
        "owner": "urn:li:person:zLqTygBP8S", "text": "Taille ?", "object": "urn:li:activity:7094637247890620418",
        "entity": "urn:li:comment:(urn:li:activity:7094637247890620418,7094977717598625792)"}},
}  # fmt: skip
SAID = {
    "actor": "urn:li:person:zLqTygBP8S", "message": {"text": "Taille ?"}, "created": {"time": 1691574506310},
    "commentUrn": "urn:li:comment:(urn:li:activity:7094637247890620418,7094977717598625792)",
    "object": "urn:li:activity:7094637247890620418",
}  # fmt: skip
COMMENT = "urn:li:comment:(urn:li:activity:7094637247890620418,7094977717598625792)"


def told(**more: Any) -> RawChange:
    call = {"type": inbound.TYPE, "notifications": [NOTIFICATION | more]}
    (change,) = inbound.split(json.dumps(call).encode())
    return change


def test_a_notification_says_who_is_meant_and_what_is_to_be_asked() -> None:
    """One URN however it is written, the post's own name; an edit asks again, a deletion is believed."""
    change = told()
    assert (change.account_id, change.external_id, change.kind) == ("96072893", COMMENT, "notice.COMMENT")
    assert told(decoratedGeneratedActivity=None).external_id == COMMENT
    notice, edit = inbound.normalise(change), inbound.normalise(told(action="COMMENT_EDIT"))
    assert notice is not None
    assert edit is not None
    assert (notice.kind, notice.thread_external_id, notice.version) == (
        "noticed",
        "urn:li:share:7094637247487995904",
        "",
    )
    assert (edit.kind, edit.version) == ("noticed", "1691574506310")
    assert (inbound.normalise(told(action="COMMENT_DELETE")) or notice).kind == "deleted"
    assert inbound.normalise(told(action="LIKE")) is None
    assert inbound.normalise(told(decoratedSourcePost=None)) is None
