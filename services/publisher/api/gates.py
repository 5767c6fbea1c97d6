"""Console says what is shut; publisher confirms it with its time, and tells what the hold met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import JsonValue

from services.publisher.store.gates import Gate, Gates
from services.publisher.store.held import LISTED, Held
from shared.auth import Command, command
from shared.commands import answers
from shared.holds import ToldGates
from shared.mongo.database import Database
from shared.problems import responses

MayHoldAll = Annotated[Command, Depends(command("hold_all"))]
LEFT_EXAMPLE: dict[str, JsonValue] = {
    "delivery_id": "c2d9f4de-3b1a-5d61-8e0c-2f6b6d1a7b02",
    "kind": "post",
    "network": "facebook",
    "about": "8e6f1f0a-90d1-4f55-8d57-0a7a1d1b0c01",
    "state": "confirmed",
    "url": "https://facebook.example/kerlann/posts/1029",
    "at": "2026-11-25T09:02:11+00:00",
}
GATES_EXAMPLE: dict[str, Any] = {
    "gates": [
        {
            "brand_id": "br-kerlann",
            "epoch": 0,
            "seq": 1,
            "shut": ["replies", "posts", "spend"],
            "at": "2026-11-25T09:05:00.071000+00:00",
            "waiting": {"replies": 4, "posts": 6},
            "in_flight": [],
            "left": [LEFT_EXAMPLE],
        }
    ]
}


@dataclass(frozen=True, slots=True)
class Gatekeeper:
    """What this command needs."""

    database: Database
    gates: Gates
    held: Held

    async def keep(self, told: ToldGates) -> dict[str, Any]:
        """Shut and open as told, or as somebody said later; what each brand's hold met."""
        await self.gates.keep([one.model_dump() for one in told.gates])
        brands = [one.brand_id for one in told.gates]
        at, known = await self.database.now(), await self.gates.of(brands)
        since = {gate["brand_id"]: began for gate in known if (began := _began(gate)) is not None}
        waiting = await self.held.waiting(brands)
        in_flight, left = _by_brand(await self.held.in_flight(brands)), _by_brand(await self.held.left(since))
        shown = [
            {name: gate[name] for name in ("brand_id", "epoch", "seq", "shut")}
            | {"at": at.isoformat(), "waiting": waiting[gate["brand_id"]]}
            | {"in_flight": in_flight.get(gate["brand_id"], []), "left": left.get(gate["brand_id"], [])}
            for gate in known
        ]
        return {"gates": shown}


def routes(gatekeeper: Gatekeeper) -> APIRouter:
    """For console alone: its token names no brand, because a hold of all is one call."""
    router = APIRouter(prefix="/gates", tags=["holds"], responses=responses(401, 403, 422))

    @router.put("", responses=answers(200, GATES_EXAMPLE, "Each brand's gate as it is stored, and what it met"))
    async def keep(body: ToldGates, who: MayHoldAll) -> JSONResponse:
        """Shut and open the gates of some brands; the same again is free."""
        return JSONResponse(await gatekeeper.keep(body))

    return router


def _began(gate: Gate) -> datetime | None:
    return min((hold["since"] for hold in gate["holds"]), default=None)


def _by_brand(deliveries: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in deliveries:
        shown = found.setdefault(one["brand_id"], [])
        if len(shown) < LISTED:
            shown.append(_shown(one))
    return found


def _shown(delivery: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "delivery_id": delivery["_id"],
        **{name: delivery[name] for name in ("kind", "network", "state", "url")},
        "about": delivery.get("post_id") or delivery.get("interaction_id", ""),
        "at": delivery["updated_at"].isoformat(),
    }
