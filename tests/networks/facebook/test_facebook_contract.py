"""Our requests and readings against what Meta itself describes, and against answers recorded from it."""

import re
from datetime import UTC, datetime

import pytest

from parvis.simulator.remote import Simulator
from shared.egress import Egress
from shared.networks.capabilities import Media, RawChange, Rendition
from shared.networks.facebook import inbound
from shared.networks.facebook.client import Facebook
from tests.networks.meta_specs import PAGING, asked, described, fields_of
from tests.networks.overheard import Call, Overheard
from tests.networks.seats import Seat, delivery, seat
from tests.networks.specs import spec


def place(call: Call, here: Seat) -> tuple[str, str]:
    """On which kind of object a call is made, and on which of its edges."""
    object_id, _, edge = call.url.removeprefix(here.account.base_url + "/").partition("/")
    if object_id in ("me", here.account.account_id):
        return "Page", edge
    return ("PagePost" if object_id.startswith(f"{here.account.account_id}_") else "Comment"), edge


async def everything(here: Seat) -> None:
    """One of each call."""
    client, account, since = here.client, here.account, datetime.now(UTC)
    photo = Media("https://kerlann.example/a.jpg", "image/jpeg", "Un pull")
    await client.publish(account, Rendition("Nouveau", media=(photo,)), delivery())
    await client.publish(account, Rendition("Nouveau", link="https://kerlann.example"), delivery())
    target = await here.hears("Taille ?")
    await client.reply(account, target, "Grand", delivery())
    await client.find_post(account, Rendition("Nouveau"), delivery(), since)
    await client.find_reply(account, target, "Grand", delivery(), since)
    await client.hide(account, target)
    await client.poll(account, {})
    await client.read(account, target.external_id, target.extra)
    await client.read(account, target.thread_external_id, {})
    await client.delete(account, target)
    await client.whoami(account)


async def test_every_call_is_one_that_meta_describes(simulator: Simulator, egress: Egress) -> None:
    """Each edge exists on its object with that method, takes those parameters, and has those fields."""
    spec("meta/Page.json")
    here, overheard = await seat("facebook", simulator, egress), Overheard(egress)
    here.client = Facebook(overheard)  # type: ignore[arg-type]
    await everything(here)
    answered = {"feed": "PagePost", "comments": "Comment"}
    for call in overheard.calls:
        kind, edge = place(call, here)
        sent = {re.sub(r"\[\d+\]$", "", name) for name in call.sent}
        assert sent - PAGING <= described(kind, call.method, edge), (call.method, kind, edge)
        assert asked(call) <= fields_of(answered.get(edge, kind)), (kind, edge)


@pytest.mark.parametrize("name", ["comments/comment_info.json", "models/comment.json"])
def test_recorded_comments_are_read(name: str) -> None:
    """Comments that Facebook really sent, with and without their author."""
    found = spec(f"recorded/facebook/{name}")
    seen = inbound.normalise(inbound.raw_object("19292868552", found, "19292868552_10158371815748553"))
    assert seen is not None
    assert (seen.external_id, seen.text) == (found["id"], found["message"])
    assert seen.permalink == found["permalink_url"]
    assert len(seen.media) == ("attachment" in found)


def test_recorded_posts_are_read() -> None:
    """Posts that Facebook really sent; an album of photos is one medium a cover."""
    for found in spec("recorded/facebook/posts/feed_fields_p1.json")["data"]:
        seen = inbound.normalise(inbound.raw_object("4", found))
        assert seen is not None
        assert (seen.interaction_kind, seen.thread_external_id) == ("post", found["id"])


def test_recorded_pages_have_the_paging_we_follow() -> None:
    """`next` is there while there is more."""
    first, last = (spec(f"recorded/facebook/comments/comments_p{page}.json") for page in (1, 2))
    assert first["paging"]["cursors"]["after"]
    assert first["paging"]["next"]
    assert isinstance(last["data"], list)


def test_a_reading_is_a_change_like_any_other() -> None:
    """What a poll packs is what the normaliser unpacks."""
    raw = inbound.raw_object("1", {"id": "2_3", "created_time": "2026-11-21T09:00:00+0000"}, "1_2")
    assert raw == RawChange("facebook", "1", "2_3", "read.comment", raw.body)
