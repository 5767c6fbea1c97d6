"""Posts: drafted, changed, approved, scheduled, cancelled, sent."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.publisher.api.desk import Desk
from services.publisher.api.shapes import POST_STATE_EXAMPLE, Draft, Reason, Schedule
from shared.auth import Command, command
from shared.commands import answers
from shared.problems import responses

MayRead = Annotated[Command, Depends(command("read"))]
MayCompose = Annotated[Command, Depends(command("compose"))]
MayApprove = Annotated[Command, Depends(command("approve"))]
MaySchedule = Annotated[Command, Depends(command("schedule"))]
ANSWERS = responses(401, 403, 404, 409, 422)
STATE = answers(200, POST_STATE_EXAMPLE)


def routes(desk: Desk) -> APIRouter:  # noqa: C901 - a list of routes, each one line
    """Each answers with the post's whole new state."""
    router = APIRouter(prefix="/brands/{brand_id}/posts", tags=["posts"], responses=ANSWERS)

    @router.post("", status_code=201, responses=answers(201, POST_STATE_EXAMPLE))
    async def draft(brand_id: str, body: Draft, who: MayCompose) -> JSONResponse:
        """Begin a post."""
        return (await desk.draft(who, body)).response()

    @router.get("/{post_id}", responses=STATE)
    async def read(brand_id: str, post_id: str, who: MayRead) -> JSONResponse:
        """The post as it is."""
        return (await desk.read(brand_id, post_id)).response()

    @router.put("/{post_id}", responses=STATE)
    async def change(brand_id: str, post_id: str, body: Draft, who: MayCompose) -> JSONResponse:
        """Change the text; an approval given before is void."""
        return (await desk.change(who, post_id, body)).response()

    @router.post("/{post_id}/submit", responses=STATE)
    async def submit(brand_id: str, post_id: str, who: MayCompose) -> JSONResponse:
        """Ask for approval."""
        return (await desk.submit(who, post_id)).response()

    @router.post("/{post_id}/approve", responses=STATE)
    async def approve(brand_id: str, post_id: str, who: MayApprove) -> JSONResponse:
        """Approve exactly this version (`If-Match` its `seq`)."""
        return (await desk.approve(who, post_id)).response()

    @router.post("/{post_id}/schedule", responses=STATE)
    async def schedule(brand_id: str, post_id: str, body: Schedule, who: MaySchedule) -> JSONResponse:
        """Give it a time; one that has passed over two minutes ago is refused, for what leaves at once is sent."""
        return (await desk.schedule(who, post_id, body)).response()

    @router.post("/{post_id}/reschedule", responses=STATE)
    async def reschedule(brand_id: str, post_id: str, body: Schedule, who: MaySchedule) -> JSONResponse:
        """Another time, not in the past: what is scheduled leaves then, of a draft the plan moves."""
        return (await desk.reschedule(who, post_id, body)).response()

    @router.post("/{post_id}/send", responses=STATE)
    async def send(brand_id: str, post_id: str, who: MaySchedule) -> JSONResponse:
        """Send it now, also when it is late."""
        return (await desk.send(who, post_id)).response()

    @router.post("/{post_id}/cancel", responses=STATE)
    async def cancel(brand_id: str, post_id: str, body: Reason, who: MaySchedule) -> JSONResponse:
        """Take it back before it leaves."""
        return (await desk.cancel(who, post_id, body.why)).response()

    return router
