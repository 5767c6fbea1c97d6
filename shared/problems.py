"""Every error answer is an RFC 9457 problem document, the same in every service and in OpenAPI."""

import math
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, HTTPException, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response

from shared.errors import Conflict, DeadlinePassed, Duplicate, Forbidden, NotFound, Unavailable, UnknownOwner
from shared.redaction import redact_text

MEDIA_TYPE = "application/problem+json"
OF_BODIES = ("400", "413", "415")  # cannot be read, too large, packed
AFTER = {"Retry-After": {"description": "seconds until one more call fits", "schema": {"type": "integer"}}}
log = structlog.get_logger(__name__)
# What OpenAPI shows of each status beside its title.
SEEN: Mapping[int, Mapping[str, Any]] = {
    400: {"detail": "There was an error parsing the body"},
    401: {"detail": "token refused: ExpiredSignatureError"},
    403: {"detail": "the token is for another brand"},
    404: {"detail": "no channel ch-kerlann-fb of this brand"},
    409: {"detail": "changed meanwhile", "current": {"seq": 5}},
    413: {"detail": "at most 1000000 bytes"},
    415: {"detail": "bodies are taken as they are, not packed"},
    422: {"detail": "the request is not valid", "errors": [{"at": "body/text", "why": "Field required"}]},
    429: {"detail": "at most 500 calls in one go, for each caller and brand"},
    503: {"detail": "an engine does not answer now; nothing was accepted"},
}
# RFC 9110's titles; those of Python 3.11 and 3.12 are of the RFC before it.
_RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}
_STATUSES: dict[type[Exception], int] = {NotFound: 404, UnknownOwner: 404, Forbidden: 403, Duplicate: 409}


class ProblemDocument(BaseModel):
    """RFC 9457. `errors` says where a request was wrong; `current` is the state that a 409 met."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[dict[str, Any]] = Field(default_factory=list)
    current: dict[str, Any] | None = None


class Problem(HTTPException):
    """Raise it anywhere below a route. `more` are further members of the document: never a secret."""

    def __init__(self, status: int, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.more = more


def title(status: int) -> str:
    """What a status is called, the same under every Python."""
    return _RENAMED.get(status) or HTTPStatus(status).phrase


def busy(after: float, detail: str = "") -> Problem:
    """503: try the same again in `after` seconds."""
    return Problem(503, detail, headers={"Retry-After": str(max(1, math.ceil(after)))})


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: which problems it can answer with."""
    return {status: _documented(status) for status in statuses}


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem document."""
    app.router.responses = {**responses(422, 500, 503), **app.router.responses}
    app.add_exception_handler(StarletteHTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Conflict, _conflict)
    for error, status in _STATUSES.items():
        app.add_exception_handler(error, _plain(status))
    for engine_away in (Unavailable, DeadlinePassed):
        app.add_exception_handler(engine_away, _unavailable)
    app.add_exception_handler(Exception, _bug)
    _describe(app)


def _documented(status: int) -> dict[str, Any]:
    return {"model": ProblemDocument, "description": title(status)}


def _describe(app: FastAPI) -> None:
    """OpenAPI names the media type that problems really have (FastAPI describes every model as plain JSON) and shows
    one of each status. It says of every route with a body that it may be unreadable or too large, of every one with a
    caller that they may be too hasty."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        for operation in (one for path in document["paths"].values() for one in path.values()):
            answers = operation["responses"]
            if "requestBody" in operation:
                answers |= {status: {"description": title(int(status))} for status in OF_BODIES} | answers
            if "security" in operation:
                answers.setdefault("429", {"description": title(429), "headers": AFTER})
            for status in [one for one in answers if one >= "400"]:
                schema = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
                answers[status]["content"] = {MEDIA_TYPE: schema | {"example": example(int(status))}}
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def example(status: int) -> dict[str, Any]:
    """What a problem of this status looks like."""
    return {"type": "about:blank", "title": title(status), "status": status, **SEEN.get(status, {})}


def answer(status: int, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """The problem document as a response."""
    body = {"type": "about:blank", "title": title(status), "status": status}
    if detail:
        body["detail"] = detail
    return JSONResponse({**body, **more}, status, headers, media_type=MEDIA_TYPE)


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, StarletteHTTPException):
        raise error
    more = error.more if isinstance(error, Problem) else {}
    detail = "" if error.detail == HTTPStatus(error.status_code).phrase else str(error.detail)
    return answer(error.status_code, detail, error.headers, **more)


async def _invalid(request: Request, error: Exception) -> Response:
    """Where and why, never what was sent: a body may hold a token."""
    if not isinstance(error, RequestValidationError):
        raise error
    places = [
        {"at": "/".join(str(part) for part in problem["loc"]), "why": redact_text(str(problem["msg"]))}
        for problem in error.errors()
    ]
    return answer(422, "the request is not valid", errors=places)


async def _unavailable(request: Request, error: Exception) -> Response:
    log.warning("unavailable", path=request.url.path, reason=str(error))
    return answer(503, "an engine does not answer now; nothing was accepted", {"Retry-After": "5"})


async def _conflict(request: Request, error: Exception) -> Response:
    """409 with the state as it is now, so that the page can show it."""
    current = error.current if isinstance(error, Conflict) else None
    return answer(409, str(error), **({} if current is None else {"current": jsonable_encoder(current)}))


def _plain(status: int) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answered(request: Request, error: Exception) -> Response:
        return answer(status, redact_text(str(error)) if status != 409 else "")

    return answered


async def _bug(request: Request, error: Exception) -> Response:
    log.error("request_failed", path=request.url.path, method=request.method, exc_info=error)
    return answer(500)
