"""Media are kept before a hide leaves, or it is said why they could not be."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.moderation.app import Resources
from services.moderation.loops.fetch_media import MediaFetching, time_for
from services.moderation.store.cases import Row
from shared.egress import Egress
from shared.events.ingest.parts import Media
from shared.events.moderation.case_decided import CaseDecided
from shared.events.moderation.interaction_judged import InteractionJudged
from tests.services.moderation.conftest import INSULT, PICTURE, POLITE, Moderation, brand_in
from tests.shared.little_server import Answer, little_server

LEASE = timedelta(minutes=1)


@pytest.fixture
def neighbour(house: tuple[Resources, httpx.AsyncClient]) -> Moderation:
    """Another brand in the same house."""
    return brand_in(*house)


async def test_a_hide_with_a_picture_waits_for_the_picture(moderation: Moderation) -> None:
    """Nothing is stated until the loop has kept it, hashed."""
    said = moderation.said(INSULT, media=[Media(url=f"{moderation.web}/p.png")])
    assert await moderation.hears(said) == []
    assert await moderation.hears(said) == []
    assert await fetched(moderation)
    assert moderation.told() == ["InteractionJudged", "CaseOpened"]
    (medium,) = await media_of(moderation, said)
    assert (medium["state"], medium["sha256"]) == ("kept", hashlib.sha256(PICTURE).hexdigest())
    files = moderation.resources.floor.database.files
    assert await files.get(moderation.brand_id, medium["file_id"]) == PICTURE
    assert len(await moderation.hears(said)) == 2


async def test_a_picture_that_cannot_be_had_holds_nothing_up(moderation: Moderation) -> None:
    """The verdict leaves all the same, and the evidence says why there is no picture."""
    said = moderation.said(INSULT, media=[Media(url=f"{moderation.web}/gone.png")])
    await moderation.hears(said)
    assert await fetched(moderation)
    assert moderation.told(InteractionJudged) == ["InteractionJudged"]
    (medium,) = await media_of(moderation, said)
    assert medium["state"] == "missing"
    assert medium["why"] == "media not obtained: the host answered 404"


async def test_a_picture_inside_our_house_is_refused(moderation: Moderation) -> None:
    """The web may not make us fetch what it likes."""
    said = moderation.said(INSULT, media=[Media(url="http://169.254.169.254/latest/meta-data")])
    await moderation.hears(said)
    assert await fetched(moderation)
    (medium,) = await media_of(moderation, said)
    assert medium["state"] == "missing"


async def test_a_persons_hide_waits_for_the_picture_too(moderation: Moderation) -> None:
    """Decided, but in nobody's outbox before the evidence is complete; then held for its window."""
    said = moderation.said(POLITE, media=[Media(url=f"{moderation.web}/p.png")])
    await moderation.hears(said)
    decided = (await moderation.decide_from_inbox(said, "hide")).json()
    assert decided["state"] == "deciding"
    assert moderation.told(CaseDecided) == []
    assert await fetched(moderation)
    assert moderation.told(CaseDecided) == ["CaseDecided"]
    assert await moderation.held() == 1
    assert (await moderation.on_case(said, "undo")).json()["undone"] is True
    assert await moderation.held() == 0


async def test_a_host_that_is_silent_to_one_brand_costs_no_other_its_evidence(
    moderation: Moderation, neighbour: Moderation
) -> None:
    """The neighbour's picture, asked for last, is kept and its verdict stated while the silent host's still wait."""
    async with silent_host(moderation) as (loop, url, give_up):
        stuck = [moderation.said(INSULT, media=[Media(url=f"{url}/{n}.png")]) for n in range(4)]
        said = neighbour.said(INSULT, media=[Media(url=f"{moderation.web}/p.png")])
        await moderation.hears(*stuck)
        await neighbour.hears(said)
        await work_until_told(loop, neighbour)
        assert await states_of(neighbour, [said]) == ["kept"]
        assert (moderation.told(), await states_of(moderation, stuck)) == ([], ["wanted"] * 4)
        assert loop.calls.full().channels == [moderation.brand_id]
        give_up.set()
        await work_until_told(loop, moderation, 2 * len(stuck))
    assert await states_of(moderation, stuck) == ["missing"] * 4


async def test_two_replicas_never_fetch_the_media_of_one_case(moderation: Moderation) -> None:
    """Not even where a new revision with another picture comes while one of them does; its end lets the case go."""
    async with silent_host(moderation) as (loop, url, give_up):
        said = moderation.said(INSULT, media=[Media(url=f"{url}/1.png")])
        await moderation.hears(said)
        while await loop.fetch_one():
            pass
        await moderation.hears(moderation.edited(said, f"{INSULT} !", media=[Media(url=f"{moderation.web}/p.png")]))
        assert not await claims(moderation, said, "another")
        give_up.set()
    assert await fetched(moderation)
    assert await states_of(moderation, [said]) == ["missing", "kept"]


async def test_what_a_dead_process_was_fetching_is_taken_back_by_the_next_of_its_name(moderation: Moderation) -> None:
    """At once, and by no process of another name; until then nobody may have it."""
    said, cases = moderation.said(INSULT, media=[Media(url=f"{moderation.web}/p.png")]), moderation.resources.cases
    await moderation.hears(said)
    assert await claims(moderation, said, "dead")
    await cases.take_back("another")
    assert not await claims(moderation, said, "another")
    await cases.take_back("dead")
    assert await claims(moderation, said, "next")


def test_a_case_whose_turn_comes_late_has_time_for_a_host_that_is_well() -> None:
    """What is left until its media are due, but never less than a fifth of what all have."""
    due = datetime(2026, 11, 20, 9, tzinfo=UTC)
    left = [time_for({"media_due": due}, due - timedelta(seconds=before), 10.0) for before in (10, 6, 1, -60)]
    assert left == [10.0, 6.0, 2.0, 2.0]


async def fetched(moderation: Moderation) -> bool:
    """Let the loop work until nothing is due."""
    worked = False
    while await fetched_once(moderation):
        worked = True
    return worked


async def fetched_once(moderation: Moderation) -> bool:
    """Let the loop begin all that has room, and what it began end."""
    worked = False
    async with moderation.media() as loop:
        while await loop.fetch_one():
            worked = True
    return worked


async def media_of(moderation: Moderation, said: Any) -> list[dict[str, Any]]:
    """The media in the evidence."""
    case = await moderation.case(said)
    assert case is not None
    return [medium for kept in case["evidence"] for medium in kept["media"]]


@asynccontextmanager
async def silent_host(
    moderation: Moderation, answer: Answer | None = None
) -> AsyncIterator[tuple[MediaFetching, str, asyncio.Event]]:
    """The loop, and the address of a host that takes its calls; once the event is set it answers, or hangs up."""
    give_up, settings = asyncio.Event(), moderation.resources.settings

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        await give_up.wait()
        if answer is not None:
            await answer(reader, writer, head)
        writer.close()

    async with little_server(silence) as silent:
        allowed = (*settings.egress_allow, f"127.0.0.1:{silent.port}")
        async with (
            Egress.open(settings.model_copy(update={"egress_allow": allowed})) as egress,
            moderation.media(egress) as loop,
        ):
            yield loop, f"http://{allowed[-1]}", give_up


async def states_of(moderation: Moderation, said: Sequence[Any]) -> list[str]:
    """The states of the media in the evidence of all these."""
    return [medium["state"] for one in said for medium in await media_of(moderation, one)]


async def work_until_told(loop: MediaFetching, moderation: Moderation, events: int = 1) -> None:
    """Let the loop begin whatever has room, again whenever a fetch has ended, until the brand has stated so much."""
    ended = asyncio.Event()
    loop.calls.ended.listen(ended.set)
    while len(moderation.told()) < events:
        ended.clear()
        while await loop.fetch_one():
            pass
        if len(moderation.told()) < events:
            await ended.wait()


async def claims(moderation: Moderation, said: Any, instance: str) -> bool:
    """Whether a process of that name can have the case; it takes all that is free."""
    cases, now = moderation.resources.cases, await moderation.resources.floor.database.now()
    taken = list[Row]()
    while (case := await cases.next_media(now, LEASE, instance=instance)) is not None:
        taken.append(case)
    return (await moderation.case(said) or {})["_id"] in [case["_id"] for case in taken]
