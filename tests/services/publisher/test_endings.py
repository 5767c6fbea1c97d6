"""What became of several wishes is written together, and each as if it were alone."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from services.publisher.domain import statements
from services.publisher.store.endings import Endings
from services.publisher.store.wishes import Wish
from shared.events.event import BrandEvent
from tests.services.publisher.conftest import Publisher
from tests.services.publisher.test_wishes import wish


def taken(after: Wish, told: Mapping[str, Any]) -> BrandEvent:
    return statements.wish_taken(after, "done", **told)


async def claimed(publisher: Publisher, count: int) -> list[Wish]:
    """So many interactions to be hidden, all taken by one worker."""
    hide = wish(publisher, "hide", 1, by_person=False, number=9)
    await publisher.wishes.state_wishes([hide | {"interaction_id": f"i{n}"} for n in range(count)])
    return sorted(await publisher.wishes.claim(await publisher.wishes.due(count), "token"), key=lambda one: one["_id"])


async def states(publisher: Publisher) -> dict[str, tuple[str, int]]:
    """Each wish's state and number."""
    rows = await publisher.floor.database.system("wishes").find({})
    return {row["_id"]: (row["state"], row["seq"]) for row in rows}


async def test_what_ends_while_one_is_written_goes_with_the_next(publisher: Publisher) -> None:
    """Six ends that come at once are two transactions, and six facts."""
    together: list[int] = []
    publisher.floor.database.outbox.on_commit(lambda rows: together.append(len(rows)))
    endings = Endings(publisher.floor, publisher.wishes, publisher.epochs)
    first, *rest = await claimed(publisher, 6)
    begun = asyncio.create_task(endings.write(first, "done", taken))
    await asyncio.sleep(0)
    await asyncio.gather(begun, *(endings.write(one, "done", taken) for one in rest))
    assert together == [1, 5]
    assert await states(publisher) == {f"i{n}": ("done", 1) for n in range(6)}


async def test_one_that_cannot_be_stated_keeps_none_of_the_others(publisher: Publisher) -> None:
    """Its own writer is told why; the others are written."""

    def unspeakable(after: Wish, told: Mapping[str, Any]) -> BrandEvent:
        raise ValueError("no words for it")

    endings = Endings(publisher.floor, publisher.wishes, publisher.epochs)
    rows = await claimed(publisher, 4)
    facts = [taken, unspeakable, taken, taken]
    ended = [endings.write(one, "done", fact) for one, fact in zip(rows, facts, strict=True)]
    results = await asyncio.gather(*ended, return_exceptions=True)
    assert [type(one).__name__ for one in results] == ["NoneType", "ValueError", "NoneType", "NoneType"]
    assert (await states(publisher))["i1"] == ("wanted", 0)
    assert publisher.told == ["ActionTaken"] * 3


@pytest.mark.parametrize("at_once", [True, False])
async def test_the_end_of_one_work_is_told_once(publisher: Publisher, at_once: bool) -> None:
    """Told twice, in one transaction or in two, the second changes nothing."""
    endings = Endings(publisher.floor, publisher.wishes, publisher.epochs)
    other, one = await claimed(publisher, 2)
    writes = [endings.write(it, "done", taken) for it in ((other, one, one) if at_once else (one,))]
    await asyncio.gather(*writes)
    await endings.write(one, "failed", taken)
    assert (await states(publisher))["i1"] == ("done", 1)
