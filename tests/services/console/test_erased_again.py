"""After a restore: what was erased before it, and came back with an older copy, is erased once more."""

from datetime import UTC, datetime
from typing import Any

from parvis.backup.erasures import repeated, undone
from parvis.ops.engines import SERVICES
from shared.events.console.erasure_asked import ErasureAsked
from shared.events.console.person_erasure_asked import PersonErasureAsked
from shared.events.event import Event
from tests.services.console.house import House
from tests.services.console.visitor import Visitor

Row = dict[str, Any]


async def restored(house: House, row: Row) -> Row:
    """Console's own record as a restore leaves it, of what was asked in another life; the request made of it."""
    *records, again = repeated(undone([], [row]), epoch=3)
    for one in (*records, again):
        await house.console.floor.database.system("requests").insert(one)
    return again


def asked(house: House, kind: str, **more: Any) -> Row:
    """A request that every service answered long ago."""
    answers = [{"service": name, "counts": {}, "at": house.clock()} for name in SERVICES]
    row = {"_id": f"long-ago-{kind}", "kind": kind, "brand": house.brand("first"), "by": "ines", "why": "they asked"}
    return row | {"asked_at": datetime(2026, 1, 5, tzinfo=UTC), "answers": answers} | more


def stated(house: House, kind: type[Event]) -> list[Any]:
    """The requests that leave from now on."""
    told: list[Any] = []

    def listen(rows: Any) -> None:
        told.extend(
            kind.read(row.message.value)
            for row in rows
            if ("ce_type", kind.type_name().encode()) in row.message.headers
        )

    house.console.floor.database.outbox.on_commit(listen)
    return told


async def test_a_brand_that_came_back_is_asked_to_leave_once(house: House, ines: Visitor) -> None:
    """Nobody finds it any more, every service hears of it, under a new id; the first request's record stays."""
    again, told = await restored(house, asked(house, "erasure")), stated(house, ErasureAsked)
    for _ in range(2):
        await house.console.requests.repeat()
    assert [(one.brand_id, one.request_id) for one in told] == [(house.brand("first"), again["_id"])]
    await ines.see(f"/{house.brand('first')}/inbox", status=404)
    await ines.see(f"/{house.brand('second')}/inbox")
    first = await house.console.requests.get(house.brand("first"), "long-ago-erasure")
    assert len(first["answers"]) == len(SERVICES)


async def test_a_person_who_came_back_is_erased_up_to_when_they_asked(house: House) -> None:
    """What they said before, though it was marked for a request whose events are lost; never what they said after."""
    before, after = [await house.hears("first", text, external=text) for text in ("Une vareuse", "Deux vareuses")]
    items = house.console.floor.database.system("interactions")
    then = datetime(2026, 1, 4, tzinfo=UTC)
    await items.update({"_id": before}, {"$set": {"seen_at": then, "erasing": "lost"}})
    person = (await house.item(before))["author"]["id"]
    again, told = (
        await restored(house, asked(house, "person", person_id=person, parts=1)),
        stated(house, PersonErasureAsked),
    )
    for _ in range(2):
        await house.console.erasures.seek_rest()
    assert [(one.request_id, one.part, one.interactions) for one in told] == [(again["_id"], 0, [before])]
    assert (await house.item(after)).get("erasing") is None


async def test_what_only_kafka_knows_is_learnt(house: House, ines: Visitor) -> None:
    """A restored store reads requests that it never made: it keeps their record, and the brand is gone."""
    about: Row = {"brand_id": house.brand("first"), "by": "ines", "why": "they asked", "at": house.clock()}
    await house.console.erasures.learn(
        PersonErasureAsked(**about, request_id="of-a-person", person_id="p-1", interactions=[], part=2)
    )
    await house.console.requests.learn(ErasureAsked(**about, request_id="of-a-brand"))
    await house.console.requests.learn(ErasureAsked(**about, request_id="of-a-brand"))
    assert (await house.console.requests.get(house.brand("first"), "of-a-person"))["parts"] == 3
    assert (await house.console.requests.get(house.brand("first"), "of-a-brand"))["by"] == "ines"
    await ines.see(f"/{house.brand('first')}/inbox", status=404)


def test_only_what_the_copy_does_not_know_is_repeated() -> None:
    """Asked later, or before and not answered by all; once for a brand and once for each person."""
    at = datetime(2026, 1, 5, tzinfo=UTC)

    def row(name: str, brand: str, day: int, **more: Any) -> Row:
        answers = [{"service": one} for one in SERVICES]
        return {
            "_id": name,
            "kind": "erasure",
            "brand": brand,
            "asked_at": at.replace(day=day),
            "answers": answers,
        } | more

    done, half = row("done", "a", 1), row("half", "b", 2, answers=[{"service": "crm"}])
    person = {"kind": "person", "person_id": "p"}
    later = [row("later", "b", 3), row("first", "c", 4, **person), row("second", "c", 5, **person), done]
    rows = repeated(undone([done, half], later), epoch=1)
    assert [one["_id"] for one in rows if "again" not in one] == ["second", "first", "later", "half"]
    assert {(one["repeats"], one["parts"]) for one in rows if "again" in one} == {("later", 0), ("second", 0)}
    assert undone([done], []) == []
