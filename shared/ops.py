"""What an operator does to a service from afar: looks at what it set aside, has it tried again, lets go of a brake."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from shared.auth import Command, command
from shared.bus import parking
from shared.bus.brake import release
from shared.bus.replay import Selection, replay
from shared.commands import answers
from shared.problems import responses

if TYPE_CHECKING:
    from shared.service import Floor

MayOperate = Annotated[Command, Depends(command("operate"))]
MOST_KINDS = 50
MOST_BRANDS = 50
ASIDE = {
    "group": "moderation",
    "topic": "ingest.interactions.v1",
    "type": "io.parvis.ingest.InteractionReceived.v1",
    "state": "dead",
    "error": "ValueError: spoilt",
    "count": 12,
    "tries": 5,
    "first_at": "2026-11-25T09:05:00+00:00",
    "next_at": None,
}
OF_BRAND = {"brand_id": "br-kerlann", "topic": "ingest.interactions.v1", "count": 12}
STUCK: list[dict[str, Any]] = [{"state": "dead"}, {"state": "parked", "reason": "failed", "tries": {"$gte": 1}}]


class Replay(BaseModel):
    """Which dead messages: all that match every word given. Nothing is done while `dry_run`."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"error": "ValueError", "dry_run": True}]}
    )

    group: str | None = None
    topic: str | None = None
    event: str | None = None
    error: str | None = Field(None, max_length=500, pattern=r"^[^\x00]*$")
    with_effects: bool = False
    dry_run: bool = True


class Resume(BaseModel):
    """Which brakes to let go of."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"group": "moderation"}]})

    group: str | None = None
    topic: str | None = None


def routes(floor: "Floor") -> APIRouter:
    """Commands of the operator alone; no message's text leaves here, only what kind it is and why it failed."""
    router = APIRouter(prefix="/ops", tags=["operations"], responses=responses(401, 403))
    rows = parking.collection(floor.database)

    @router.get("/parked", responses=answers(200, {"kinds": [ASIDE], "brands": [OF_BRAND]}, "The most first"))
    async def parked(who: MayOperate) -> dict[str, Any]:
        """What was set aside: parked (tried again at `next_at`) or dead, alike ones together; and how many messages of
        which brand are stuck, that is dead, or failed again when they were tried again."""
        kind = {name: f"${name}" for name in ("group", "topic", "type", "state", "error")}
        counted = {"count": {"$sum": 1}, "first_at": {"$min": "$first_at"}, "tries": {"$max": "$tries"}}
        found = await rows.aggregate(
            [
                {"$match": {"state": {"$in": ["parked", "dead"]}}},
                {"$group": {"_id": kind, **counted, "next_at": {"$min": "$next_at"}}},
                {"$sort": {"_id.state": 1, "count": -1}},
                {"$limit": MOST_KINDS},
            ]
        )
        stuck = await rows.aggregate(
            [
                {"$match": {"brand_id": {"$ne": None}, "$or": STUCK}},
                {"$group": {"_id": {"brand_id": "$brand_id", "topic": "$topic"}, "count": {"$sum": 1}}},
                {"$sort": {"count": -1, "_id": 1}},
                {"$limit": MOST_BRANDS},
            ]
        )
        return {
            "kinds": [_told(row) for row in found],
            "brands": [{**row["_id"], "count": row["count"]} for row in stuck],
        }

    @router.post("/replay", responses=answers(200, {"found": 12, "too_old": 0}, "How many match, and come back"))
    async def again(body: Replay, who: MayOperate) -> dict[str, int]:
        """Bring dead messages back, to this service alone; those older than 30 days stay dead."""
        selection = Selection(group=body.group, topic=body.topic, event=body.event, error=body.error)
        done = await replay(floor.database, selection, with_effects=body.with_effects, dry_run=body.dry_run)
        return {"found": done.found, "too_old": done.too_old}

    @router.post("/resume", responses=answers(200, {"released": 1}, "How many brakes were let go of"))
    async def resume(body: Resume, who: MayOperate) -> dict[str, int]:
        """Let a braked consumer go on."""
        return {"released": await release(floor.database, body.group, body.topic)}

    return router


def _told(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: row[name].isoformat() if row.get(name) else None for name in ("first_at", "next_at")}
    return {**row["_id"], "count": row["count"], "tries": row["tries"], **times}
