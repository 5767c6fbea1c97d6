"""Where each brand's other systems are told, and how it went: what crm states, folded for the page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.console.store import fold
from shared.events.crm.endpoint_changed import EndpointChanged
from shared.events.crm.webhook_attempted import WebhookAttempted
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database

KEPT_SECONDS = 30 * 24 * 3600
STATED = ("url", "description", "events", "state", "why", "person", "created_at")


class Webhooks:
    """One document an endpoint, one a delivery with its latest attempt (kept 30 days)."""

    def __init__(self, database: "Database") -> None:
        newest, ends = Index(("brand_id", "endpoint_id", "-at")), Index("at", ttl_seconds=KEPT_SECONDS)
        self._endpoints = database.brand("endpoints", Index(("brand_id",)))
        self._attempts = database.brand("webhookAttempts", newest, ends)

    async def fold(self, facts: Sequence[EndpointChanged]) -> None:
        """Keep the newest state of each endpoint."""
        await fold.write(self._endpoints, [_endpoint(fact.model_dump(), (fact.epoch, fact.seq)) for fact in facts])

    async def take_in(self, state: Mapping[str, Any]) -> None:
        """What crm answered a command with: the event that follows changes nothing."""
        stated = {**state, "created_at": datetime.fromisoformat(state["created_at"])}
        await fold.write(self._endpoints, [_endpoint(stated, (0, state["seq"]))])

    async def note(self, facts: Sequence[WebhookAttempted]) -> None:
        """Keep the newest attempt of each delivery."""
        await fold.write(self._attempts, [_attempt(fact) for fact in facts])

    async def of(self, brand_id: str) -> list[Document]:
        """The endpoints of a brand, the oldest first."""
        where = {"brand_id": brand_id, "state": {"$ne": "deleted"}}
        return await self._endpoints.find(where, sort=("created_at", "_id"))

    async def latest(self, brand_id: str, endpoint_id: str, limit: int) -> list[Document]:
        """The latest deliveries of an endpoint."""
        where = {"brand_id": brand_id, "endpoint_id": endpoint_id}
        return await self._attempts.find(where, sort="-at", limit=limit)

    async def failed(self, brand_id: str, endpoint_id: str) -> int:
        """How many of them will not be tried again by themselves."""
        return await self._attempts.count({"brand_id": brand_id, "endpoint_id": endpoint_id, "state": "failed"})


def _endpoint(state: Mapping[str, Any], number: tuple[int, int]) -> UpdateOne:
    values = {name: state[name] for name in STATED}
    stages = [fold.newer("number", number, values), {"$set": {"updated_at": "$$NOW"}}]
    return UpdateOne({"_id": state["endpoint_id"], "brand_id": state["brand_id"]}, stages, upsert=True)


def _attempt(fact: WebhookAttempted) -> UpdateOne:
    values = fact.model_dump(exclude={"brand_id", "delivery_id", "epoch", "number"}) | {"attempts": fact.number}
    stages = [fold.newer("number", (fact.epoch, fact.number), values), {"$set": {"updated_at": "$$NOW"}}]
    return UpdateOne({"_id": fact.delivery_id, "brand_id": fact.brand_id}, stages, upsert=True)
