"""Campaigns of a brand: planned, changed, started, paused, resumed, ended."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.campaigns.api.desk import Desk
from services.campaigns.api.shapes import STATE_EXAMPLE, Plan, Reason
from shared.auth import Command, command
from shared.commands import answers
from shared.problems import responses

MayRead = Annotated[Command, Depends(command("read"))]
MayCompose = Annotated[Command, Depends(command("compose"))]
MayStart = Annotated[Command, Depends(command("schedule"))]
STATE = answers(200, STATE_EXAMPLE)


def routes(desk: Desk) -> APIRouter:
    """Each answers with the campaign's whole new state."""
    refused = responses(401, 403, 404, 409, 422)
    router = APIRouter(prefix="/brands/{brand_id}/campaigns", tags=["campaigns"], responses=refused)

    @router.post("", status_code=201, responses=answers(201, STATE_EXAMPLE))
    async def create(brand_id: str, body: Plan, who: MayCompose) -> JSONResponse:
        """Plan a campaign: a draft, whose audience is counted at once."""
        return (await desk.create(who, body)).response()

    @router.get("/{campaign_id}", responses=STATE)
    async def read(brand_id: str, campaign_id: str, who: MayRead) -> JSONResponse:
        """The campaign as it is."""
        return (await desk.read(brand_id, campaign_id)).response()

    @router.put("/{campaign_id}", responses=STATE)
    async def change(brand_id: str, campaign_id: str, body: Plan, who: MayCompose) -> JSONResponse:
        """Another plan."""
        return (await desk.change(who, campaign_id, body)).response()

    @router.post("/{campaign_id}/start", responses=STATE)
    async def start(brand_id: str, campaign_id: str, who: MayStart) -> JSONResponse:
        """Start spending, once the audience has been counted."""
        return (await desk.start(who, campaign_id)).response()

    @router.post("/{campaign_id}/pause", responses=STATE)
    async def pause(brand_id: str, campaign_id: str, body: Reason, who: MayStart) -> JSONResponse:
        """Spend nothing until a person resumes it."""
        return (await desk.pause(who, campaign_id, body.why)).response()

    @router.post("/{campaign_id}/resume", responses=STATE)
    async def resume(brand_id: str, campaign_id: str, who: MayStart) -> JSONResponse:
        """Go on."""
        return (await desk.resume(who, campaign_id)).response()

    @router.post("/{campaign_id}/end", responses=STATE)
    async def end(brand_id: str, campaign_id: str, body: Reason, who: MayStart) -> JSONResponse:
        """End it for good."""
        return (await desk.end(who, campaign_id, body.why)).response()

    return router
