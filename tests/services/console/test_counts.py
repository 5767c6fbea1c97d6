"""Counters: each statement counts once, in the hour it belongs to, for its own brand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from services.console.handlers import on_interaction_received
from services.console.store.counts import Counts
from shared.bus.envelope import Outgoing, Received, decode_headers, encode
from shared.events.ingest.interaction_received import InteractionReceived
from tests.services.console.house import House

NOON = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)


def said(brand_id: str, number: int, offset: int, **facts: Any) -> Received[InteractionReceived]:
    """Somebody said something; `offset` is where the statement stands in its partition."""
    told = {"brand_id": brand_id, "interaction_id": f"{brand_id}-{number}", "said_at": NOON, "seen_at": NOON}
    event = InteractionReceived.example().model_copy(update=told | facts)
    headers = encode(Outgoing.first(event, now=NOON), "/ingest").headers
    cause = decode_headers(headers, topic=event.topic().name, partition=2, offset=offset, timestamp_ms=0)
    return Received(event, cause)


async def count(house: House, counts: Counts, batch: Sequence[Received[InteractionReceived]]) -> None:
    """As the consumer does: in one transaction."""
    work = partial(on_interaction_received.handle_counted, batch, counts=counts)
    await house.console.floor.database.transact(work)


async def test_what_was_stated_twice_is_counted_once(house: House) -> None:
    """A service that was killed between stating and committing states the same again, further down its stream."""
    counts, brand = house.console.counts, f"br-{house.mark}"
    await count(house, counts, [said(brand, 1, 10), said(brand, 2, 11), said(brand, 1, 12)])
    await count(house, counts, [said(brand, 2, 13), said(brand, 3, 14)])
    assert await counts.since([brand], NOON) == {brand: {"came_in": 3, "judged": 0, "hidden": 0}}


async def test_each_hour_and_each_brand_has_its_own_count(house: House) -> None:
    """What was said an hour ago is not counted as of now, and what the brand itself says is not counted at all."""
    counts, one, other = house.console.counts, f"br-{house.mark}", f"other-{house.mark}"
    earlier = {"said_at": NOON - timedelta(hours=1)}
    own = {"author_is_brand": True}
    await count(house, counts, [said(one, 1, 1), said(one, 2, 2, **earlier), said(one, 3, 3, **own), said(other, 4, 4)])
    found = await counts.since([one, other], NOON)
    assert {brand: row["came_in"] for brand, row in found.items()} == {one: 1, other: 1}
    assert (await counts.since([one], NOON - timedelta(hours=1)))[one]["came_in"] == 2
