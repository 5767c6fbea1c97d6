"""What every request passes through before it reaches a route: a cap, a trace, a count, an end."""

import asyncio
import re
import time

import orjson
from opentelemetry.trace import SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics
from shared.problems import Problem, answer
from shared.telemetry import span

_DOUBTFUL = re.compile(rb"\\u[dD]|NaN|Infinity")
BODY_CAP = 1_000_000
UNPACKED = {"Accept-Encoding": "identity"}  # RFC 9110, 12.5.3: what would have been taken
_QUIET = frozenset({"/livez", "/readyz", "/metrics"})


class BodyCap:
    """Answers 413 to a body over `limit` bytes, whether its length is declared or it comes in chunks, and 415 to one
    that is packed: what it would unpack to nobody knows, and nothing is unpacked here."""

    def __init__(self, app: ASGIApp, limit: int = BODY_CAP) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        declared, packing = headers.get(b"content-length", b"0"), headers.get(b"content-encoding", b"")
        if packing.lower() not in (b"", b"identity"):
            await answer(415, "bodies are taken as they are, not packed", UNPACKED)(scope, receive, send)
            return
        if declared.isdigit() and int(declared) > self._limit:
            await answer(413, f"at most {self._limit} bytes")(scope, receive, send)
            return
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def capped() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise Problem(413, f"at most {self._limit} bytes")
            return message

        return capped


class PlainJson:
    """Answers 400 to JSON that Python reads and nobody can write: halves of characters, numbers that are none.

    Webhooks are left alone: what a network says is taken as it is, and mended where it is read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/webhooks/"):
            await self._app(scope, receive, send)
            return
        kind = dict(scope["headers"]).get(b"content-type", b"json")
        read = bytearray()

        async def whole() -> Message:
            message = await receive()
            read.extend(message.get("body", b""))
            if not message.get("more_body", False) and _DOUBTFUL.search(read):
                try:
                    orjson.loads(read)
                except orjson.JSONDecodeError as error:
                    raise Problem(400, f"not JSON: {error.msg}") from None
            return message

        await self._app(scope, whole if b"json" in kind else receive, send)


class EndlessStreams:
    """Ends `text/event-stream` answers, whole, once `stopping` is set: nobody who listens holds up the process."""

    def __init__(self, app: ASGIApp, stopping: asyncio.Event) -> None:
        self._app = app
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, watch, whole = asyncio.current_task(), None, False
        if scope["type"] != "http" or request is None:
            await self._app(scope, receive, send)
            return

        async def noted(message: Message) -> None:
            nonlocal watch, whole
            if message["type"] == "http.response.start" and _endless(message):
                watch = asyncio.create_task(self._cancel(request))
            whole = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except asyncio.CancelledError:
            if watch is None or not watch.done():
                raise
            request.uncancel()
            if not whole:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            if watch is not None:
                watch.cancel()

    async def _cancel(self, request: "asyncio.Task[object]") -> None:
        await self._stopping.wait()
        request.cancel()


class Traced:
    """A server span a request, under the caller's `traceparent` where it sends one; time to answer and status."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _QUIET:
            await self._app(scope, receive, send)
            return
        parent = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        method, began = str(scope["method"]), time.monotonic()
        with span(method, parent=parent or None, kind=SpanKind.SERVER) as current:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    route, status = _route(scope), str(message["status"])
                    metrics.HTTP_REQUESTS.labels(route, method, status).inc()
                    metrics.HTTP_SECONDS.labels(route).observe(time.monotonic() - began)
                    if current.is_recording():
                        current.update_name(f"{method} {route}")
                        current.set_attribute("http.response.status_code", int(status))
                await send(message)

            await self._app(scope, receive, noted)


def _endless(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in start["headers"])


def _route(scope: Scope) -> str:
    """The route's template: a label for each address would never end."""
    return str(getattr(scope.get("route"), "path", "none"))
