"""When everything fails the fault is ours: the brake stops the topic before all of it is set aside."""

import asyncio
from collections.abc import Sequence

from shared.bus.brake import release
from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.events.ingest.payload_received import PayloadReceived
from tests.shared.bus.stage import Stage, payload, until

FEW = 20  # of 60: six in a row, some more until a third brand is among them, and those that were in work beside them


class Deployment:
    """Fails for these brands."""

    def __init__(self, *bad: str) -> None:
        self.bad = set(bad)
        self.done: list[int] = []

    async def handle_batch(self, batch: Sequence[Received[PayloadReceived]]) -> None:
        if any(received.event.brand_id in self.bad for received in batch):
            raise ValueError("a bad deployment")
        self.done.extend(received.event.part for received in batch)


async def test_a_bad_deployment_stops_and_goes_on_when_told(stage: Stage) -> None:
    """Of 60 failing messages of three brands the brake lets few be parked; a restart keeps it; `resume` ends it."""
    brands = ("br-a", "br-b", "br-c")
    bad, good = Deployment(*brands), Deployment()
    await stage.send(*(payload(number, brands[number % 3]) for number in range(60)))
    async with stage.running(bind(bad.handle_batch), in_a_row=6, at_once=1, delays=(60,)) as consumer:
        await until(lambda: consumer.reason.startswith("braked"))
        assert consumer.alive
        assert not consumer.ready
    assert 6 <= len(await stage.parked("parked")) <= FEW

    async with stage.running(bind(good.handle_batch), in_a_row=6) as consumer:
        await until(lambda: consumer.reason.startswith("braked"))
        await asyncio.sleep(0.3)
        assert good.done == []
        assert await release(stage.database, stage.group) == 1
        await until(lambda: len(set(good.done)) >= 60 - FEW)
        await until(lambda: consumer.ready)


async def test_a_new_version_starts_without_the_brake(stage: Stage) -> None:
    """Who deploys the fix need not tell the brake."""
    bad, good = Deployment("br-a"), Deployment()
    await stage.send(*(payload(number) for number in range(30)))
    async with stage.running(bind(bad.handle_batch), in_a_row=4, version="1", delays=(60,)) as consumer:
        await until(lambda: consumer.reason.startswith("braked"))
    async with stage.running(bind(good.handle_batch), in_a_row=4, version="2", delays=(60,)):
        await until(lambda: len(set(good.done)) >= 30 - 11)


async def test_one_brand_failing_alone_stops_nobody(stage: Stage) -> None:
    """Twenty failures in a row of one brand are parked, while the two others go on."""
    deployment = Deployment("br-a")
    await stage.send(payload(1, "br-b"), payload(2, "br-c"))
    async with stage.running(bind(deployment.handle_batch), in_a_row=6, delays=(60,)) as consumer:
        await until(lambda: len(deployment.done) == 2)
        await stage.send(*(payload(number, "br-a") for number in range(10, 30)))
        await until(lambda: consumer.stats()["parked"] == 20)
        await stage.send(payload(3, "br-b"))
        await until(lambda: 3 in deployment.done)
        assert consumer.ready
