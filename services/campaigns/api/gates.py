"""Console says what is shut; campaigns tells the ad networks, and confirms with its time and what may still be on."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.campaigns.loops.drive_ads import Driving
from services.campaigns.loops.steer import Steering
from services.campaigns.store.campaigns import Campaign
from services.campaigns.store.gates import SPEND, Gates
from shared.auth import Command, command
from shared.commands import answers
from shared.holds import ToldGates
from shared.mongo.database import Database
from shared.problems import responses

NETWORKS = 0.5  # seconds that ad networks are waited for: who answers later is listed as in flight
MayHoldAll = Annotated[Command, Depends(command("hold_all"))]
IN_FLIGHT_EXAMPLE: dict[str, Any] = {
    "delivery_id": "4d0c1a52-7d0f-4b0e-8b59-0d7c9a3a1c11",
    "kind": "ad",
    "network": "ads",
    "about": "4d0c1a52-7d0f-4b0e-8b59-0d7c9a3a1c11",
    "state": "unconfirmed",
    "url": "",
    "at": "2026-11-25T09:05:00.012000+00:00",
}
GATES_EXAMPLE: dict[str, Any] = {
    "gates": [
        {
            "brand_id": "br-kerlann",
            "epoch": 0,
            "seq": 1,
            "shut": ["replies", "posts", "spend"],
            "at": "2026-11-25T09:05:00.071000+00:00",
            "waiting": {},
            "in_flight": [IN_FLIGHT_EXAMPLE],
            "left": [],
        }
    ]
}


@dataclass(frozen=True, slots=True)
class Gatekeeper:
    """What this command needs."""

    database: Database
    gates: Gates
    steering: Steering
    driving: Driving

    async def keep(self, told: ToldGates) -> dict[str, Any]:
        """Shut and open as told, or as somebody said later; the brands' campaigns turn, and their networks are told.

        Of a brand whose spend is shut all that is not named in `in_flight` is off at its network by the answer.
        """
        brands = [one.brand_id for one in told.gates]
        await self.gates.keep([one.model_dump() for one in told.gates])
        await self.steering.steer(brands)
        await self.driving.drive(brands, within=NETWORKS)
        at, known = (await self.database.now()).isoformat(), await self.gates.told(brands)
        on = await self.driving.claims.in_flight([gate["brand_id"] for gate in known if SPEND in gate["shut"]])
        met: dict[str, list[dict[str, Any]]] = {brand_id: [] for brand_id in brands}
        for one in on:
            met[one["brand_id"]].append(self._shown(one))
        nothing: dict[str, Any] = {"at": at, "waiting": {}, "left": []}
        return {"gates": [gate | nothing | {"in_flight": met[gate["brand_id"]]} for gate in known]}

    def _shown(self, campaign: Campaign) -> dict[str, Any]:
        network, _ = self.driving.calls.line(campaign)
        about = {"delivery_id": campaign["_id"], "kind": "ad", "network": network, "about": campaign["_id"]}
        return about | {"state": "unconfirmed", "url": "", "at": campaign["turned_at"].isoformat()}


def routes(gatekeeper: Gatekeeper) -> APIRouter:
    """For console alone: its token names no brand, because a hold of all is one call."""
    router = APIRouter(prefix="/gates", tags=["holds"], responses=responses(401, 403, 422))

    @router.put("", responses=answers(200, GATES_EXAMPLE, "Each brand's gate as it is stored"))
    async def keep(body: ToldGates, who: MayHoldAll) -> JSONResponse:
        """Shut and open the gates of some brands; the same again is free."""
        return JSONResponse(await gatekeeper.keep(body))

    return router
