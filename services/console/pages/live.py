"""The live stream: one a tab, doorbells only."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from services.console.resources import Resources
from services.console.shell import surroundings
from services.console.visits import ALL, Visiting

HEARTBEAT = 15.0
NOT_MORE_OFTEN = 0.5
router = APIRouter(include_in_schema=False)


@router.get("/events")
async def events(here: Visiting) -> Response:
    """Server-sent events: `doorbell` with the topics that changed. The session is looked at when it begins."""
    brands = here.brands(here.request.query_params.get("scope", ALL))
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingResponse(_stream(here.console, brands), media_type="text/event-stream", headers=headers)


@router.get("/{scope}/shell/{section}")
async def shell(scope: str, section: str, here: Visiting) -> Response:
    """The rail and the doors again, with their numbers."""
    return here.console.pages.html("shell.html", await surroundings(here, scope, section))


async def _stream(console: Resources, brands: tuple[str, ...]) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    async with console.bells.listen(brands) as listener:
        while not console.floor.stopping.is_set():
            topics = await listener.wait(HEARTBEAT, console.floor.stopping)
            yield f"event: doorbell\ndata: {' '.join(sorted(topics))}\n\n" if topics else ": still here\n\n"
            await listener.rest(NOT_MORE_OFTEN, console.floor.stopping)
