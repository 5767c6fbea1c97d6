"""Endpoints of a brand: registered, changed, paused, given another secret, removed; what was delivered, and again."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from services.crm.api.desk import Desk
from services.crm.api.shapes import DELIVERY_EXAMPLE, ENDPOINT_EXAMPLE, SECRET_EXAMPLE, Again, Registration
from shared.auth import Command, command
from shared.commands import answers
from shared.problems import responses

MayTell = Annotated[Command, Depends(command("endpoints"))]
STATE = answers(200, ENDPOINT_EXAMPLE)
SHOWN = "The new state with the secret, which is shown here alone"
OF_STATE = Literal["", "waiting", "held", "delivered", "failed", "cancelled"]


def routes(desk: Desk) -> APIRouter:
    """Each answers with the endpoint's whole new state."""
    refused = responses(401, 403, 404, 409, 422)
    router = APIRouter(prefix="/brands/{brand_id}/endpoints", tags=["endpoints"], responses=refused)

    @router.get("", responses=answers(200, {"endpoints": [ENDPOINT_EXAMPLE]}, "The oldest first"))
    async def listed(brand_id: str, who: MayTell) -> JSONResponse:
        """All endpoints of the brand."""
        return (await desk.listed(brand_id)).response()

    @router.post("", status_code=201, responses=answers(201, SECRET_EXAMPLE, SHOWN))
    async def register(brand_id: str, body: Registration, who: MayTell) -> JSONResponse:
        """Register one: from now on it is told the facts that it chose."""
        return (await desk.register(who, body)).response()

    @router.put("/{endpoint_id}", responses=STATE)
    async def change(brand_id: str, endpoint_id: str, body: Registration, who: MayTell) -> JSONResponse:
        """Another address, description or choice."""
        return (await desk.change(who, endpoint_id, body)).response()

    @router.post("/{endpoint_id}/rotate", responses=answers(200, SECRET_EXAMPLE, SHOWN))
    async def rotate(brand_id: str, endpoint_id: str, who: MayTell) -> JSONResponse:
        """A new secret; for a day the old one signs too."""
        return (await desk.rotate(who, endpoint_id)).response()

    @router.post("/{endpoint_id}/replay", responses=answers(200, {"again": 12}, "How many are told again"))
    async def replay(brand_id: str, endpoint_id: str, body: Again, who: MayTell) -> JSONResponse:
        """Tell ended deliveries again, each under its own id."""
        return (await desk.again(who, endpoint_id, body)).response()

    @router.post("/{endpoint_id}/{act}", responses=STATE)
    async def act(
        brand_id: str, endpoint_id: str, act: Literal["pause", "resume", "remove"], who: MayTell
    ) -> JSONResponse:
        """Pause (what happens is kept), resume, remove."""
        return (await desk.act(who, endpoint_id, act)).response()

    @router.get("/{endpoint_id}/deliveries", responses=answers(200, {"deliveries": [DELIVERY_EXAMPLE]}, "The newest"))
    async def deliveries(
        brand_id: str,
        endpoint_id: str,
        who: MayTell,
        state: OF_STATE = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
    ) -> JSONResponse:
        """The newest deliveries with their attempts."""
        return (await desk.attempts(brand_id, endpoint_id, state, limit)).response()

    return router
