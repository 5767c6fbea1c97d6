"""A person is erased: of what they were answered only that there was an answer is left, whatever had become of it."""

import asyncio
from typing import Any

from bson import encode

from services.publisher.store.persons import persons
from shared.events.console.person_erasure_asked import PersonErasureAsked
from shared.networks.capabilities import Refused
from shared.persons import PART
from tests.services.publisher.conftest import Publisher
from tests.services.publisher.test_late import reply_to

TRACES = (b"ondine", b"Ondine", b"https://wall.test", b"p1")


async def erase(publisher: Publisher) -> None:
    """Console asks for it, with what they said."""
    asked = {"brand_id": publisher.brand.brand_id, "person_id": "ondine-id", "interactions": ["i1"]}
    erasing = persons(publisher.floor.database)
    await erasing.keep(PersonErasureAsked.example().model_copy(update=asked))
    assert await erasing.work()


async def answer(publisher: Publisher, reply_id: str, text: str) -> None:
    """A reply to them that names them, where their handle stands in the address."""
    reply = reply_to(publisher, text, reply_id)
    where = {"permalink": "https://wall.test/@ondine/1", "extra": {"acct": "ondine"}}
    place = reply.place.model_copy(update=where)
    more = {"place": place, "author_handle": "ondine", "author_external_id": "ondine-7"}
    await publisher.answering().reply(publisher.who(), reply.model_copy(update=more))


async def stored(publisher: Publisher) -> list[dict[str, Any]]:
    """What there is of deliveries."""
    return await publisher.floor.database.system("deliveries").find({}, sort="_id")


def left(rows: list[dict[str, Any]]) -> list[bytes]:
    """Which traces still stand in them."""
    return [one for one in TRACES if any(one in encode(row) for row in rows)]


async def test_a_network_s_refusal_does_not_keep_the_name(publisher: Publisher) -> None:
    """Neither text nor place nor the words with which the network refused it; nothing is sent afterwards either."""
    publisher.wall.plan = [("before", Refused("Ondine Vasseur has blocked you", "200"))]
    await answer(publisher, "refused", "Bonjour Ondine")
    await publisher.turn()
    await answer(publisher, "waiting", "Bonsoir Ondine")
    assert left(await stored(publisher)) == list(TRACES)
    await erase(publisher)
    rows = await stored(publisher)
    assert left(rows) == []
    assert [row["state"] for row in rows] == ["rejected", "rejected"]
    await publisher.turn(2)
    assert publisher.wall.created == []


async def test_what_is_claimed_does_not_leave_and_what_is_being_sent_is_swept(publisher: Publisher) -> None:
    """No empty answer is sent for one that was blanked; one whose fate the network still has is left to the sweep."""
    await answer(publisher, "under way", "Bonjour Ondine")
    await answer(publisher, "claimed", "Bonsoir Ondine")
    claimed = await publisher.deliveries.claim(await publisher.deliveries.due(2), "claimed before")
    sending = await publisher.deliveries.mark_sending(claimed[0], "digest", 60)
    assert sending is not None
    await erase(publisher)
    assert left([row for row in await stored(publisher) if row["state"] != "sending"]) == []
    for one in claimed:
        await publisher.sender._send(one, asyncio.get_running_loop().time())
    assert publisher.wall.created == []
    await publisher.conclusion.write(sending, "unknown", look_in=60, looks=0, troubles=0, why="no answer")
    await publisher.floor.database.system("personRequests").update_many({}, {"$currentDate": {"next_at": True}})
    assert await persons(publisher.floor.database).work()
    rows = await stored(publisher)
    assert left(rows) == []
    assert {row["state"] for row in rows} == {"rejected"}


async def test_of_many_messages_that_were_set_aside_those_that_name_the_person_go(publisher: Publisher) -> None:
    """However many there are: they are looked through a few at a time, for each may be megabytes."""
    parked, brand = publisher.floor.database.system("parked"), publisher.brand.brand_id
    rows = [
        (n, b'{"interaction_id": "i1"}' if n % 3 == 0 else b'{"interaction_id": "another"}')
        for n in range(2 * PART + 5)
    ]
    await parked.insert_many(
        [{"_id": f"m{n}", "brand_id": brand, "state": "dead", "value": value} for n, value in rows]
    )
    await erase(publisher)
    left = await parked.find({"brand_id": brand})
    assert {row["_id"] for row in left} == {f"m{n}" for n, _ in rows if n % 3}
