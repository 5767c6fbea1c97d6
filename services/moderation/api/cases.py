"""Cases: claimed, given back, handed up, decided, undone."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from services.moderation.api.deciding import Deciding
from services.moderation.api.shapes import CASE_READ_EXAMPLE, CASE_STATE_EXAMPLE, Decision, Escalation
from shared.auth import Command, command
from shared.commands import answers
from shared.problems import Problem, responses

MayRead = Annotated[Command, Depends(command("read"))]
MayDecide = Annotated[Command, Depends(command("decide"))]
ANSWERS = responses(401, 403, 404, 409, 422)
STATE = answers(200, CASE_STATE_EXAMPLE)
READ = answers(200, CASE_READ_EXAMPLE, "The case with its evidence and history")


def routes(deciding: Deciding) -> APIRouter:  # noqa: C901 - a list of routes, each one line
    """Each answers with the case's whole new state."""
    router, desk = APIRouter(tags=["cases"], responses=ANSWERS), deciding.desk

    @router.get("/cases/{case_id}", responses=READ)
    async def read(case_id: str, who: MayRead, brand_id: Annotated[str, Query()] = "") -> JSONResponse:
        """The case with its evidence and history."""
        if brand_id not in ("", who.brand_id):
            raise Problem(403, "the token is for another brand")
        return (await desk.read(who.brand_id, case_id)).response()

    @router.post("/brands/{brand_id}/cases/{case_id}/claim", responses=STATE)
    async def claim(brand_id: str, case_id: str, who: MayDecide) -> JSONResponse:
        """Take it: for ten minutes nobody else decides it."""
        return (await desk.claim(who, case_id)).response()

    @router.post("/brands/{brand_id}/cases/{case_id}/release", responses=STATE)
    async def release(brand_id: str, case_id: str, who: MayDecide) -> JSONResponse:
        """Give it back."""
        return (await desk.release(who, case_id)).response()

    @router.post("/brands/{brand_id}/cases/{case_id}/escalate", responses=STATE)
    async def escalate(brand_id: str, case_id: str, body: Escalation, who: MayDecide) -> JSONResponse:
        """Hand it up."""
        return (await desk.escalate(who, case_id, body.to, body.why)).response()

    @router.post("/brands/{brand_id}/cases/{case_id}/decide", responses=STATE)
    async def decide(brand_id: str, case_id: str, body: Decision, who: MayDecide) -> JSONResponse:
        """Allow, hide or delete this revision; it leaves when the undo window has passed."""
        return (await deciding.decide(who, case_id, body)).response()

    @router.post("/brands/{brand_id}/cases/{case_id}/undo", responses=STATE)
    async def undo(brand_id: str, case_id: str, who: MayDecide) -> JSONResponse:
        """Take the decision back; once it has left, by a counter-action."""
        return (await deciding.undo(who, case_id)).response()

    @router.post("/brands/{brand_id}/interactions/{interaction_id}/decide", responses=STATE)
    async def decide_interaction(brand_id: str, interaction_id: str, body: Decision, who: MayDecide) -> JSONResponse:
        """Decide from the inbox: opens a case where there is none."""
        return (await deciding.decide_interaction(who, interaction_id, body)).response()

    return router
