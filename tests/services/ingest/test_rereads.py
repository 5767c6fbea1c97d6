"""Single objects are asked for by their id until their network has answered."""

import asyncio
from typing import Any

from services.ingest.domain.receipt import GONE
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.networks.capabilities import Gone, RateLimited, Refused
from tests.services.ingest.conftest import Ingest
from tests.services.ingest.square import Square, thing


async def known(ingest: Ingest, *names: str) -> list[Any]:
    """Objects as they stand."""
    for name in names:
        ingest.raw(on=name)
    await ingest.handle()
    found = await ingest.objects.recall({ingest.id_of(name): ingest.channel.brand_id for name in names})
    return [found[ingest.id_of(name)] for name in names]


async def test_only_the_networks_own_word_is_a_deletion(ingest: Ingest) -> None:
    """Gone: the deletion is stated once, in the place where it was."""
    await ingest.rereads.ask(await known(ingest, "c1"))
    ingest.square.objects = {"c1": Gone("404")}
    await ingest.read_again()
    assert [one.kind for one in ingest.sent_out.events] == [GONE]
    (deleted,) = await ingest.take_in()
    assert isinstance(deleted, InteractionDeleted)
    assert deleted.place.thread_external_id == "p1"
    assert await ingest.rereads.due(10) == []


async def test_an_object_that_stands_is_seen_again(ingest: Ingest) -> None:
    """Its text of today is a revision; nothing more is asked."""
    await ingest.rereads.ask(await known(ingest, "c1"))
    ingest.square.objects = {"c1": thing("c1", "Bonsoir")}
    await ingest.read_again()
    assert [getattr(one, "revision", 0) for one in await ingest.take_in()] == [2]
    assert await rows(ingest) == []


async def test_asked_again_while_it_is_read_it_is_read_once_more(ingest: Ingest) -> None:
    """What was read may be older than what made somebody ask."""
    objects = await known(ingest, "c1")
    await ingest.rereads.ask(objects)
    ingest.square.objects, ingest.square.stalls = {"c1": thing("c1")}, asyncio.Event()
    await ingest.rereader.read_due()
    await asyncio.sleep(0.1)
    await ingest.rereads.ask(objects)
    ingest.square.stalls.set()
    await ingest.settle()
    await ingest.read_again()
    assert ingest.square.asked_for == ["c1", "c1"]
    assert await rows(ingest) == []


async def test_a_network_that_stalls_holds_up_its_own_objects_only(ingest: Ingest) -> None:
    """Twenty of its objects wait in front; the other network's is read."""
    slow = ingest.networks["slow"] = Square(stalls=asyncio.Event())
    away, (near,) = ingest.connect("slow"), await known(ingest, "c1")
    far = [
        near.__class__(f"far-{n}", away.brand_id, away.channel_id, near.memory, {**near.place, "network": "slow"})
        for n in range(20)
    ]
    await ingest.rereads.ask([*far, near])
    ingest.square.objects = {"c1": thing("c1")}
    async with asyncio.timeout(15):  # less than the stalled one is given
        while not ingest.square.asked_for:
            await ingest.rereader.read_due()
            await asyncio.sleep(0.05)
    assert ingest.square.asked_for == ["c1"]
    assert slow.stalls is not None
    slow.objects = {"c1": Refused("no")}
    slow.stalls.set()
    await ingest.settle()


async def test_a_network_that_is_asked_too_often_is_asked_no_more_until_it_allows_it(ingest: Ingest) -> None:
    """What it told of one object holds for the others of the channel."""
    names = ["c1", "c2", "c3"]
    await ingest.rereads.ask(await known(ingest, *names))
    ingest.square.objects = dict.fromkeys(names, RateLimited(3600.0))
    for _ in names:
        await ingest.read_again()
    (first,) = ingest.square.asked_for
    ingest.square.objects = {name: thing(name) for name in names}
    ingest.calls.reopen((ingest.channel.network, ingest.channel.channel_id))
    for _ in names[1:]:
        await ingest.read_again()
    assert sorted(ingest.square.asked_for) == names
    assert [row["_id"] for row in await rows(ingest)] == [ingest.id_of(first)]


async def test_an_object_that_nobody_may_read_is_asked_for_more_and_more_seldom(ingest: Ingest) -> None:
    """However often polls miss it: its pause is not shortened, and one day it is given up."""
    objects = await known(ingest, "c1")
    ingest.square.objects = {"c1": Refused("forbidden")}
    await ingest.rereads.ask(objects)
    await ingest.read_again()
    await ingest.rereads.ask(objects)
    await ingest.read_again()
    assert len(ingest.square.asked_for) == 1
    table = ingest.floor.database.system("rereads")
    await table.update({"_id": objects[0].interaction_id}, [{"$set": {"attempts": 15, "due_at": "$$NOW"}}])
    await ingest.read_again()
    assert await rows(ingest) == []


async def rows(ingest: Ingest) -> list[dict[str, Any]]:
    return await ingest.floor.database.system("rereads").find({})
