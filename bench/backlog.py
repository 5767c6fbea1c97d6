"""A backlog of facts for one service alone: how fast it works it off."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from shared.bus.envelope import Outgoing
from shared.bus.groups import committed
from shared.bus.lag import topic_sizes
from shared.bus.producer import Producer
from shared.events.event import Event

CHUNK = 2000
PATIENCE = 600.0


async def pour(bootstrap: str, events: Iterable[Event]) -> None:
    """State facts, as the service that owns them would."""
    now = datetime.now(UTC)
    outgoing = [Outgoing.first(event, now=now) for event in events]
    async with Producer.open(bootstrap, source="bench", deadline=60) as producer:
        for start in range(0, len(outgoing), CHUNK):
            await producer.send(outgoing[start : start + CHUNK])


async def poured_and_done(bootstrap: str, events: Sequence[Event], service: str) -> float:
    """Seconds from the first of these facts until the service has committed all that their topics hold."""
    began, topics = time.monotonic(), sorted({event.TOPIC.name for event in events})
    await pour(bootstrap, events)
    sizes = await topic_sizes(bootstrap, topics)
    wanted = {topic: size[1] for topic, size in sizes.items() if size}
    async with asyncio.timeout(PATIENCE):
        while await _done(bootstrap, service, topics) != wanted:  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.2)
    return time.monotonic() - began


async def _done(bootstrap: str, service: str, topics: Sequence[str]) -> dict[str, int]:
    """Messages of each topic that the slowest of the service's groups has finished."""
    done: dict[str, list[int]] = {topic: [] for topic in topics}
    for places in (await committed(bootstrap, [service])).values():
        for topic in {topic for topic, _ in places} & done.keys():
            done[topic].append(sum(offset for (of, _), offset in places.items() if of == topic))
    return {topic: min(sums, default=0) for topic, sums in done.items()}
