"""What ties an event to its cause, stored while the event waits for its evidence."""

from datetime import datetime
from typing import Any

from shared.bus.envelope import Outgoing, Received
from shared.events.event import Event

Row = dict[str, Any]


def of(received: Received[Any]) -> Row:
    """Correlation, trace and the mark of a replay."""
    cause = received.cause
    return {
        "correlation_id": cause.correlation_id,
        "causation_id": cause.event_id,
        "traceparent": cause.traceparent,
        "replayed_from": cause.replayed_from,
    }


def emit(event: Event, cause: Row | None, now: datetime) -> Outgoing:
    """The event as its stored cause would have emitted it; without one it starts a correlation."""
    return Outgoing(event, time=now, **cause) if cause else Outgoing.first(event, now=now)
