"""A storm of angry comments raises one signal, which the page shows and one mail tells; and it eases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from parvis.letterbox.box import Box
from parvis.platform import Platform
from shared.bus.envelope import Received
from shared.bus.reader import GrouplessReader
from shared.events.event import Event
from shared.events.insights.parts import CrisisFact
from shared.events.topics import SIGNALS
from tests.chaos.killer import Killer
from tests.flows.town import eventually, found_brand, never

LINES = ("C'est une honte, service client nul", "Arnaque, toujours rien reçu", "Inadmissible, je suis très déçue")


async def test_a_storm_of_anger_raises_one_signal_and_it_eases(platform: Platform, kafka: str, letters: Box) -> None:
    """Thirty-six angry comments of twelve people, and friendly ones at the neighbour's: one brand's signal, once; its
    moderator has at most one mail of it and one of its end, though console is killed in between."""
    angry, calm = await asyncio.gather(found_brand(platform), found_brand(platform))
    upset, at_ease = await asyncio.gather(angry.person("moderator"), calm.person("moderator"))
    async with signals_of(kafka) as heard:

        def at(brand_id: str) -> list[CrisisFact]:
            return [fact for fact in heard if fact.brand_id == brand_id]

        async def kinds(wanted: list[str]) -> bool:
            return [type(fact).__name__ for fact in at(angry.brand_id)] == wanted

        def read() -> list[str]:
            return [letter.subject for letter in letters.of(upset)]

        async def calm_told() -> bool:
            return any("calmée" in subject for subject in read())

        await asyncio.gather(angry.wall(), calm.wall())
        await asyncio.gather(
            *(angry.hears(LINES[number % 3], f"Person {number % 12}") for number in range(36)),
            *(calm.hears("Merci beaucoup, vos produits sont superbes", f"Friend {number}") for number in range(9)),
        )
        await eventually(lambda: kinds(["CrisisSuspected"]), "the signal", within=60)
        (suspected,) = at(angry.brand_id)
        assert suspected.learning
        assert suspected.negative >= suspected.threshold
        assert suspected.authors >= 5
        await Killer(platform).service("console")
        await eventually(lambda: kinds(["CrisisSuspected", "CrisisEased"]), "its end", within=60)
        assert at(angry.brand_id)[1].signal_id == suspected.signal_id
        await eventually(calm_told, "the mail of its end", within=60)

        async def more() -> bool:
            return len(at(angry.brand_id)) > 2 or bool(at(calm.brand_id)) or len(read()) > len(set(read()))

        await never(more, "a signal or a mail that nobody needs", during=3)
        assert len(read()) <= 2
    assert letters.of(at_ease) == []


@asynccontextmanager
async def signals_of(kafka: str) -> AsyncIterator[list[CrisisFact]]:
    """All signals, in the order in which they were stated."""
    heard: list[CrisisFact] = []

    def listen(key: str, received: Received[Event] | None) -> None:
        if received is not None and isinstance(received.event, CrisisFact):
            heard.append(received.event)

    reading = asyncio.create_task(GrouplessReader(kafka, SIGNALS, listen).run())
    try:
        yield heard
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
