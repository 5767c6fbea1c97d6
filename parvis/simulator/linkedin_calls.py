"""Calls of the LinkedIn surface: whose token it is, what it names, and refusals in LinkedIn's own shape."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from parvis.simulator import urns
from parvis.simulator.cutting import Cut
from parvis.simulator.faults import Trouble
from parvis.simulator.records import Account, Said
from parvis.simulator.world import World

SAME_FOR = 600.0  # seconds in which the same words are refused; LinkedIn does not say how long


class LinkedInError(Exception):
    """What LinkedIn refuses, in its own shape."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"status": status, "message": message}
        if code:
            self.body["errorDetails"] = {"inputErrors": [{"description": message, "code": code}]}


class Call:
    """One request by a Page's token."""

    def __init__(self, request: Request) -> None:
        self.world: World = request.app.state.world
        self.request = request
        self.params = request.query_params
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        account = self.world.by_token(token) if scheme.lower() == "bearer" else None
        if account is None or account.network != "linkedin":
            raise LinkedInError(401, "Invalid access token")
        if not re.fullmatch(r"20\d{4}", request.headers.get("linkedin-version", "")):
            raise LinkedInError(426, "Requested version is not active", "NONEXISTENT_VERSION")
        self.account: Account = account

    async def body(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(await self.request.body() or b"{}")
        return found

    async def strike(self, phase: str, operation: str) -> None:
        await self.world.strike(phase, operation, self.account)

    def thing(self, urn: str) -> Said:
        """What is there under this URN, or that of its activity."""
        said = self.world.thing(urns.root_of(urn))
        if said is None or said.network != "linkedin":
            raise LinkedInError(404, f"Not found: {urn}")
        return said

    def comment(self) -> Said:
        """The one that the path names by its post's (or parent's) URN and its number."""
        root = self.thing(self.request.path_params["urn"]).root_id
        return self.thing(urns.comment_id(root, int(self.request.path_params["number"])))

    def page(self, found: Sequence[Any], shape: Callable[[Any], Any]) -> dict[str, Any]:
        start, count = int(self.params.get("start", 0)), min(int(self.params.get("count", 10)), 100)
        part = [shape(one) for one in found[start : start + count]]
        return {"elements": part, "paging": {"start": start, "count": count, "total": len(found), "links": []}}

    def same(self, things: Iterable[Said], text: str) -> Said | None:
        """What said the same a moment ago: LinkedIn refuses it."""
        since = self.world.clock() - SAME_FOR
        return next((one for one in things if one.text == text and one.created_at > since), None)


def serve(app: FastAPI, world: World, routes: Sequence[tuple[str, str, Any]]) -> None:
    """Each route's work is asked with a `Call`, and answers with JSON or a response of its own."""
    app.state.world = world
    for method, path, work in routes:

        async def endpoint(request: Request, work: Any = work) -> Response:
            made = await work(Call(request))
            return made if isinstance(made, Response) else JSONResponse(made)

        app.add_route(path, endpoint, methods=[method])
    app.add_exception_handler(LinkedInError, _refused)  # type: ignore[arg-type]
    app.add_exception_handler(Trouble, _troubled)  # type: ignore[arg-type]


async def _refused(request: Request, error: LinkedInError) -> Response:
    return JSONResponse(error.body, error.status)


async def _troubled(request: Request, error: Trouble) -> Response:
    if error.kind == "rate_limit":
        body = {"status": 429, "message": "Resource level throttle limit reached"}
        return JSONResponse(body, 429, {"Retry-After": str(math.ceil(error.seconds))})
    if error.kind == "token_lost":
        return await _refused(request, LinkedInError(401, "The token used in the request has been revoked by the user"))
    if error.kind.startswith("server_error"):
        return await _refused(request, LinkedInError(500, "Internal Server Error"))
    return Cut()
