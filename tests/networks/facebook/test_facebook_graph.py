"""What Graph's errors mean: only a clear refusal counts as one, everything doubtful stays unknown."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parvis.simulator.remote import Simulator
from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Gone, Media, RateLimited, Refused, Rendition, Target, TokenLost
from shared.networks.facebook.client import Facebook
from shared.networks.meta.graph import Graph
from tests.networks.answers import Answers, answer
from tests.networks.overheard import Canned, Overheard
from tests.networks.seats import delivery, seat

PAGE = Account("ch", "br", "1", "https://graph.example/v25.0", "secret")
RETURNING = {"x-business-use-case-usage": json.dumps({"1": [{"type": "pages", "estimated_time_to_regain_access": 3}]})}


def error(code: int, subcode: int = 0, **more: Any) -> bytes:
    return json.dumps({"error": {"message": "said", "code": code, "error_subcode": subcode, **more}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (400, error(190, 463), TokenLost),
        (401, b"", TokenLost),
        (400, error(102), TokenLost),
        (400, error(32), RateLimited),
        (403, error(4), RateLimited),
        (400, error(17), RateLimited),
        (400, error(368, 1390008), RateLimited),
        (429, b"<html>", RateLimited),
        (400, error(100, 33), Gone),
        (404, error(803), Gone),
        (400, error(100), Refused),
        (403, error(200), Refused),
        (403, error(10), Refused),
        (413, b"too large", Refused),
        (500, error(2), OutcomeUnknown),
        (503, b"", OutcomeUnknown),
        (400, error(1), OutcomeUnknown),
        (400, error(99, is_transient=True), OutcomeUnknown),
        (400, error(506), OutcomeUnknown),
        (200, b"{", OutcomeUnknown),
        (200, b"[]", OutcomeUnknown),
        (302, b"", OutcomeUnknown),
    ],
)
async def test_each_error_has_its_meaning(status: int, body: bytes, meaning: type[Exception]) -> None:
    """Codes go before HTTP statuses; a post that "is there already" may be our own, so it is not a failure."""
    graph = Graph(Canned(Response(status, {}, body)))  # type: ignore[arg-type]
    with pytest.raises(meaning):
        await graph.post(PAGE, "1/feed", message="Bonjour")


async def test_meta_says_when_to_come_back() -> None:
    """The minutes in the usage header are how long we wait."""
    graph = Graph(Canned(Response(400, RETURNING, error(32))))  # type: ignore[arg-type]
    with pytest.raises(RateLimited) as limited:
        await graph.get(PAGE, "1")
    assert limited.value.after == 180


async def test_the_token_is_in_no_address(simulator: Simulator, egress: Egress) -> None:
    """Addresses end up in logs: the token travels in a header."""
    here, overheard = await seat("facebook", simulator, egress), Overheard(egress)
    await Facebook(overheard).whoami(here.account)  # type: ignore[arg-type]
    assert here.account.token not in overheard.calls[0].url
    assert here.account.token not in str(overheard.calls[0].sent)


async def test_a_page_that_cannot_be_read_proves_no_deletion(simulator: Simulator, egress: Egress) -> None:
    """Graph says "does not exist" for missing permissions too: then nothing is stated to be gone."""
    here = await seat("facebook", simulator, egress)
    with pytest.raises(Gone):
        await here.client.read(here.account, f"{here.account.account_id}_404", {})
    stranger = Account("ch", "br", "104", here.account.base_url, here.account.token)
    with pytest.raises(Refused):
        await here.client.read(stranger, "104_404", {})


@pytest.mark.parametrize("hidden", [True, False])
async def test_what_is_refused_may_be_so_already(hidden: bool) -> None:
    """One call as a rule; only a refusal is looked into, and stays one where the comment is not as it should be."""
    refusal, told = answer(403, error(200).decode()), answer(200, json.dumps({"id": "1_2", "is_hidden": hidden}))
    network, target = Answers(answer(200, '{"success": true}'), refusal, told), Target("1_2", "1")
    facebook = Facebook(network)  # type: ignore[arg-type]
    assert await facebook.hide(PAGE, target) == "done"
    assert len(network.asked) == 1
    if hidden:
        assert await facebook.hide(PAGE, target) == "already"
    else:
        with pytest.raises(Refused):
            await facebook.hide(PAGE, target)


async def test_photos_go_up_unseen_and_come_out_with_the_post(simulator: Simulator, egress: Egress) -> None:
    """Two photos and a text are one post; nothing of it was on the wall before."""
    here = await seat("facebook", simulator, egress)
    photos = [Media(f"https://kerlann.example/{name}.jpg", "image/jpeg", "Un pull") for name in ("a", "b")]
    published = await here.client.publish(here.account, Rendition("Les nouveautés", media=photos), delivery())
    said = await simulator.thing(published.remote_id)
    assert said["media"] == [photo.url for photo in photos]
    assert len(await simulator.things(here.row)) == 1


async def test_a_link_alone_is_found_by_its_link(simulator: Simulator, egress: Egress) -> None:
    """A post without words is known by what it shares."""
    here, began = await seat("facebook", simulator, egress), datetime.now(UTC)
    link = Rendition("", link="https://kerlann.example/pulls")
    published = await here.client.publish(here.account, link, delivery())
    await here.client.publish(here.account, Rendition("", link="https://kerlann.example/bonnets"), delivery())
    found = await here.client.find_post(here.account, link, delivery(), began)
    assert [one.remote_id for one in found] == [published.remote_id]


@pytest.mark.parametrize("photos", [1, 2])
async def test_photos_alone_are_found_by_their_number(simulator: Simulator, egress: Egress, photos: int) -> None:
    """A post without words or link is there all the same: taken for absent it would go out a second time."""
    here, began = await seat("facebook", simulator, egress), datetime.now(UTC)
    album = [Media(f"https://kerlann.example/{place}.jpg", "image/jpeg", "Un pull") for place in range(3)]
    published = await here.client.publish(here.account, Rendition("", media=album[:photos]), delivery())
    await here.client.publish(here.account, Rendition("", media=album), delivery())
    await here.client.publish(here.account, Rendition("", link="https://kerlann.example/pulls"), delivery())
    found = await here.client.find_post(here.account, Rendition("", media=album[:photos]), delivery(), began)
    assert [one.remote_id for one in found] == [published.remote_id]


async def test_a_thread_too_long_to_look_through_proves_nothing_absent() -> None:
    """In a storm our answer stands below a thousand newer ones: taken for absent it would go out a second time."""
    said = {"id": "1_2", "message": "Non", "created_time": "2026-11-21T09:00:00+0000", "from": {"id": "7"}}
    page = {"data": [said], "paging": {"next": "https://graph.example", "cursors": {"after": "cursor"}}}
    egress = Answers(answer(200, json.dumps(page)))
    client, account = Facebook(egress), Account("ch", "br", "1", "https://graph.example", "t")  # type: ignore[arg-type]
    began = datetime(2026, 11, 21, 8, tzinfo=UTC)
    with pytest.raises(Refused):
        await client.find_reply(account, Target("1_1", "1_1"), "Oui", delivery(), began)
    assert len(egress.asked) > 1


async def test_letters_may_come_back_composed(simulator: Simulator, egress: Egress) -> None:
    """The network may store é as one letter where we sent two, and may squeeze spaces: it is the same post."""
    here, began = await seat("facebook", simulator, egress), datetime.now(UTC)
    await here.client.publish(here.account, Rendition("Le café  est servi\n"), delivery())
    assert await here.client.find_post(here.account, Rendition("Le cafe\u0301 est servi"), delivery(), began)


async def test_a_deep_walk_sees_old_edits_and_hides(simulator: Simulator, egress: Egress) -> None:
    """An hour after the last deep walk the whole window is read again: what no webhook told comes to light."""
    here = await seat("facebook", simulator, egress)
    old = await here.hears("Une vieille remarque")
    _, cursor = await here.polled()
    await simulator.edit(old.external_id, "Une remarque corrigée")
    await simulator.hide(old.external_id)
    far = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    quick = await here.client.poll(here.account, {**cursor, "until": far})
    assert not quick.changes
    due = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    seen = (await here.seen({"until": far, "deep_at": due}))[old.external_id]
    assert (seen.text, seen.visibility) == ("Une remarque corrigée", "hidden")


async def test_a_long_wall_is_read_in_steps(simulator: Simulator, egress: Egress) -> None:
    """More posts than one poll's calls: the walk says `more`, goes on where it was, and misses none."""
    here = await seat("facebook", simulator, egress)
    posts = [await simulator.post(here.row, f"Billet {number}") for number in range(40)]
    said = [await here.hears("Oui", post=post["id"]) for post in posts]
    first = await here.client.poll(here.account, {})
    assert first.more
    assert first.covered_until is None
    seen = await here.seen()
    assert {one.external_id for one in said} | {post["id"] for post in posts} <= seen.keys()
