"""From facts to deliveries: one for each endpoint of the brand that chose the fact."""

from collections.abc import Sequence
from typing import Any

from services.crm.domain.telling import body_of, name_of, tells
from services.crm.store.deliveries import Deliveries, Delivery, delivery_of
from services.crm.store.endpoints import Endpoints
from shared.bus.envelope import Received

TOLD_AS_ITSELF = {"first_text"}  # of a verdict: a fact that an endpoint may choose, or not


class Queue:
    """What handlers work on."""

    def __init__(self, endpoints: Endpoints, deliveries: Deliveries) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries

    async def put(self, batch: Sequence[Received[Any]]) -> None:
        """Keep these facts for whom they concern; nothing is sent here."""
        endpoints = await self._endpoints.taking(sorted({one.event.brand_id for one in batch}))
        if not endpoints:
            return
        wanted: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for endpoint in endpoints:
            for name in endpoint["events"]:
                wanted.setdefault((endpoint["brand_id"], name), []).append(endpoint)
        found = [delivery for received in batch for delivery in _deliveries(received, wanted)]
        if found:
            await self._deliveries.add(found)


def _deliveries(received: Received[Any], wanted: dict[tuple[str, str], list[dict[str, Any]]]) -> list[Delivery]:
    event, cause = received.event, received.cause
    choosers = wanted.get((event.brand_id, name_of(cause.type)), [])
    if not choosers:
        return []
    data = event.model_dump(mode="json", exclude_none=True, exclude=TOLD_AS_ITSELF)
    if not tells(data, cause.replayed_from, received.read_at):
        return []
    body = body_of(cause.type, cause.time, data)
    return [delivery_of(one, cause.event_id, cause.type, body, cause.traceparent) for one in choosers]
