"""How the app answers when a page cannot be shown, and what is put on every answer."""

from contextlib import suppress

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from services.console.guard import CrossSiteGuard, SecurityHeaders
from services.console.resources import Resources
from services.console.settings import Settings
from services.console.visits import (
    SecondStepNeeded,
    SignInNeeded,
    arrive,
    ask_for_second_step,
    ask_to_sign_in,
    speak,
)
from shared.errors import DeadlinePassed, Unavailable
from shared.problems import answer as problem

SHOWN = (400, 403, 404, 405, 413, 422, 429, 500, 503)
FOR_MACHINES = ("/api/", "/livez", "/readyz", "/metrics", "/ops", "/openapi")


def shape_answers(app: FastAPI, settings: Settings) -> FastAPI:
    """Pages instead of problem documents where people ask; the guards around all of it."""
    machines = dict(app.exception_handlers)

    async def refused(request: Request, error: Exception) -> Response:
        handler = machines.get(type(error)) or machines.get(HTTPException)
        if request.url.path.startswith(FOR_MACHINES) and handler is not None:
            answered: Response = await handler(request, error)
            return answered
        return await _page(request, _status(error))

    for kind in (HTTPException, RequestValidationError, Unavailable, DeadlinePassed):
        app.add_exception_handler(kind, refused)
    app.add_exception_handler(SignInNeeded, ask_to_sign_in)
    app.add_exception_handler(SecondStepNeeded, ask_for_second_step)
    app.add_middleware(CrossSiteGuard, public_url=settings.public_url)
    app.add_middleware(SecurityHeaders, https=settings.https)
    return app


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    return 422 if isinstance(error, RequestValidationError) else 503


async def _page(request: Request, status: int) -> Response:
    console = getattr(request.app.state, "console", None)
    if console is None:
        return problem(status)
    await _recognise(request, console)
    shown = status if status in SHOWN else 500
    words = getattr(request.state, "words", None) or speak(request, "")
    values = {"w": words, "status": shown, "theme": getattr(request.state, "theme", "")}
    page: Response = console.pages.html("trouble.html", values, status=status)
    return page


async def _recognise(request: Request, console: Resources) -> None:
    """Who asked for what is nowhere is told so in their own language too; an engine that is away is not asked."""
    if hasattr(request.state, "words"):
        return
    with suppress(SignInNeeded, Unavailable, DeadlinePassed):
        await arrive(request, console)
