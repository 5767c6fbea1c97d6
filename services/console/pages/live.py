"""The live stream: one a tab, doorbells only."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from services.console.shell import surroundings
from services.console.visits import ALL, Visit, Visiting
from shared.errors import DeadlinePassed, Unavailable

HEARTBEAT = 15.0
NOT_MORE_OFTEN = 0.5
router = APIRouter(include_in_schema=False)


@router.get("/events")
async def events(here: Visiting) -> Response:
    """Server-sent events: `doorbell` with the topics that changed `since` the page was made, in seconds of Unix time.

    It ends soon after its session.
    """
    asked = here.request.query_params
    brands, since = here.brands(asked.get("scope", ALL)), _moment(asked.get("since", ""))
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingResponse(_stream(here, brands, since), media_type="text/event-stream", headers=headers)


@router.get("/{scope}/shell/{section}")
async def shell(scope: str, section: str, here: Visiting) -> Response:
    """The rail and the doors again, with their numbers."""
    return here.console.pages.html("shell.html", await surroundings(here, scope, section))


async def _stream(here: Visit, brands: tuple[str, ...], since: datetime | None) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    console, looked = here.console, time.monotonic()
    async with console.bells.listen(brands, since) as listener:
        while not console.floor.stopping.is_set():
            topics = await listener.wait(HEARTBEAT, console.floor.stopping)
            if time.monotonic() - looked >= HEARTBEAT:
                if await _is_over(here):
                    return
                looked = time.monotonic()
            yield f"event: doorbell\ndata: {' '.join(sorted(topics))}\n\n" if topics else ": still here\n\n"
            await listener.rest(NOT_MORE_OFTEN, console.floor.stopping)


async def _is_over(here: Visit) -> bool:
    """Whether the session has ended; while the database is away nobody is shown out."""
    try:
        return not await here.console.sessions.lives(here.session, here.console.floor.clock())
    except (Unavailable, DeadlinePassed):
        return False


def _moment(asked: str) -> datetime | None:
    """None where the address names no moment: only what changes from now on is heard then."""
    try:
        return datetime.fromtimestamp(float(asked), UTC)
    except (ValueError, OverflowError, OSError):
        return None
