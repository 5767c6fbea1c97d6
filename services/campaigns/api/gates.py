"""Console says what is shut; campaigns confirms it with its time, and its ads are wished off before it does."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.campaigns.loops.steer import Steering
from services.campaigns.store.gates import Gates
from shared.auth import Command, command
from shared.commands import answers
from shared.holds import ToldGates
from shared.mongo.database import Database
from shared.problems import responses

MayHoldAll = Annotated[Command, Depends(command("hold_all"))]
GATES_EXAMPLE: dict[str, Any] = {
    "gates": [
        {
            "brand_id": "br-kerlann",
            "epoch": 0,
            "seq": 1,
            "shut": ["replies", "posts", "spend"],
            "at": "2026-11-25T09:05:00.071000+00:00",
            "waiting": {},
            "in_flight": [],
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

    async def keep(self, told: ToldGates) -> dict[str, Any]:
        """Shut and open as told, or as somebody said later; the brands' campaigns turn at once."""
        brands = [one.brand_id for one in told.gates]
        await self.gates.keep([one.model_dump() for one in told.gates])
        await self.steering.steer(brands)
        at = (await self.database.now()).isoformat()
        nothing: dict[str, Any] = {"at": at, "waiting": {}, "in_flight": [], "left": []}
        return {"gates": [gate | nothing for gate in await self.gates.told(brands)]}


def routes(gatekeeper: Gatekeeper) -> APIRouter:
    """For console alone: its token names no brand, because a hold of all is one call."""
    router = APIRouter(prefix="/gates", tags=["holds"], responses=responses(401, 403, 422))

    @router.put("", responses=answers(200, GATES_EXAMPLE, "Each brand's gate as it is stored"))
    async def keep(body: ToldGates, who: MayHoldAll) -> JSONResponse:
        """Shut and open the gates of some brands; the same again is free."""
        return JSONResponse(await gatekeeper.keep(body))

    return router
