"""The facts that crm states."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.crm.domain.attempt import Outcome
from shared.events.crm.endpoint_changed import EndpointChanged
from shared.events.crm.webhook_attempted import WebhookAttempted

TOLD = ("brand_id", "seq", "url", "description", "events", "state", "why", "person", "created_at")


def endpoint_changed(endpoint: Mapping[str, Any], *, at: datetime, epoch: int) -> EndpointChanged:
    """The endpoint as it is now, without its secret."""
    told = {name: endpoint[name] for name in TOLD}
    return EndpointChanged(endpoint_id=endpoint["_id"], epoch=epoch, at=at, **told)


def attempted(
    delivery: Mapping[str, Any], outcome: Outcome, milliseconds: int, *, at: datetime, epoch: int
) -> WebhookAttempted:
    """The delivery after an attempt."""
    return WebhookAttempted(
        brand_id=delivery["brand_id"],
        endpoint_id=delivery["endpoint_id"],
        delivery_id=delivery["_id"],
        webhook_id=delivery["event_id"],
        event_type=delivery["event_type"],
        number=delivery["attempts"],
        state=delivery["state"],
        status=outcome.status,
        why=outcome.why,
        milliseconds=milliseconds,
        next_at=delivery["next_at"] if delivery["state"] == "waiting" else None,
        at=at,
        epoch=epoch,
    )
