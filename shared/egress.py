"""The one way out: every call to a network, a media host or a webhook goes through here, once.

Built on httpx's requests and httpcore's pool without a client between them: no cookies shared over brands, no
redirect, proxy or retry that nobody asked for.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Self, TypedDict, Unpack

import httpcore
import httpx
from opentelemetry.trace import SpanKind

from shared import metrics
from shared.egress_answer import Response, read_body
from shared.egress_budget import Budget
from shared.egress_guard import GuardedNetwork, Resolver
from shared.egress_names import Lookups
from shared.errors import EgressRefused, NotSent, OutcomeUnknown
from shared.settings import FloorSettings
from shared.telemetry import span

__all__ = ["Egress", "EgressRefused", "NotSent", "OutcomeUnknown", "Parts", "Response"]

TIMEOUT = 15.0
CONNECT_TIMEOUT = 5.0
MAX_BYTES = 10_000_000
AGENT = "Parvis/0.1"
_SAFE = frozenset({"GET", "HEAD"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TROUBLE = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    TimeoutError,
)
Connection = httpcore.AsyncConnectionPool | httpcore.AsyncHTTPConnection
_PERSONAL = frozenset({"authorization", "cookie", "proxy-authorization"})


class Parts(TypedDict, total=False):
    """What a request carries: at most one of json, data (with files) and content."""

    params: Mapping[str, Any] | None
    json: Any
    data: Mapping[str, Any] | None
    content: bytes | None
    files: Mapping[str, Any] | None


class Egress:
    """Opened once a process. How many calls may be under way is for whoever makes them to say."""

    def __init__(self, reading: httpcore.AsyncConnectionPool, guard: GuardedNetwork, tls: ssl.SSLContext) -> None:
        self._reading = reading
        self._guard = guard
        self._tls = tls
        self._budgets: dict[str, tuple[float, float, Budget]] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: FloorSettings, *, resolve: Resolver | None = None) -> AsyncIterator[Self]:
        """`resolve` is an argument for tests of names that change their address.

        Whatever is not a read gets a connection of its own: a stale one would leave a post's outcome unknown.
        """
        guard, tls = GuardedNetwork(settings.egress_allow, resolve or Lookups()), httpx.create_ssl_context()
        reading = httpcore.AsyncConnectionPool(tls, max_connections=None, keepalive_expiry=5.0, network_backend=guard)
        async with reading:
            yield cls(reading, guard, tls)

    def budget(self, channel_id: str, per_second: float, burst: float) -> None:
        """From now on calls for `channel_id` are at most `burst` at once and `per_second` on average.

        Saying the same again changes nothing.
        """
        known = self._budgets.get(channel_id)
        if known is None or known[:2] != (per_second, burst):
            self._budgets[channel_id] = (per_second, burst, Budget(per_second, burst, time.monotonic))

    async def request(
        self,
        method: str,
        url: str,
        *,
        channel_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
        max_bytes: int = MAX_BYTES,
        redirects: int = 0,
        **parts: Unpack[Parts],
    ) -> Response:
        """One call, one attempt; any status is a `Response`.

        `timeout` (seconds) is for all of it, `max_bytes` for the body when unpacked, `redirects` how
        many a GET may follow. Raises `EgressRefused`, `NotSent`, `OutcomeUnknown`.
        """
        request = _request(method, url, headers or {}, parts)
        self._spend(channel_id)
        began, outcome = time.monotonic(), "unknown"
        try:
            with span(f"egress {method}", kind=SpanKind.CLIENT, attributes={"server.address": request.url.host}):
                answer = await self._follow(request, began + timeout, max_bytes, redirects)
            outcome = f"{answer.status // 100}xx"
            return answer
        except (NotSent, EgressRefused) as error:
            outcome = "not_sent" if isinstance(error, NotSent) else "refused"
            raise
        finally:
            metrics.EGRESS_REQUESTS.labels(outcome).inc()
            metrics.EGRESS_SECONDS.labels(outcome).observe(time.monotonic() - began)

    def _spend(self, channel_id: str | None) -> None:
        budget = self._budgets.get(channel_id or "")
        wait = budget[2].take() if budget else 0.0
        if wait > 0:
            raise NotSent("the channel's own rate budget is spent", after=wait)

    async def _follow(self, request: httpx.Request, until: float, max_bytes: int, redirects: int) -> Response:
        answer = await self._once(request, until, max_bytes)
        while redirects > 0 and request.method in _SAFE and answer.status in _REDIRECTS:
            if "location" not in answer.headers:
                break
            request = _redirected(request, answer.headers["location"])
            answer = await self._once(request, until, max_bytes)
            redirects -= 1
        return answer

    async def _once(self, request: httpx.Request, until: float, max_bytes: int) -> Response:
        """One attempt. Whether a byte was written is known from the pool's trace, not guessed."""
        _check_url(request.url)
        begun = False

        async def notice(name: str, info: Mapping[str, Any]) -> None:
            nonlocal begun
            begun = begun or name.endswith("send_request_headers.started")

        left = until - time.monotonic()
        try:
            async with asyncio.timeout(left):
                return await self._exchange(request, notice, left, max_bytes)
        except _TROUBLE as error:
            why = f"{request.method} {request.url.host}: {type(error).__name__}"
            raise (OutcomeUnknown(why) if begun else NotSent(why)) from None
        except AttributeError:  # anyio 4 on uvloop, where the other side is gone as soon as it is connected
            if begun:
                raise
            raise NotSent(f"{request.method} {request.url.host}: gone as soon as connected") from None

    async def _exchange(
        self, request: httpx.Request, notice: Callable[..., Any], left: float, max_bytes: int
    ) -> Response:
        # Connection and TLS have half the time each: httpcore leaks the socket of a cancelled handshake.
        timeouts = {"connect": min(CONNECT_TIMEOUT, left * 0.45), "pool": left, "read": left, "write": left}
        async with (
            self._connection(request) as connection,
            connection.stream(
                request.method,
                str(request.url),
                headers=request.headers.raw,
                content=request.read() or None,
                extensions={"timeout": timeouts, "trace": notice},
            ) as answer,
        ):
            headers = httpx.Headers(answer.headers)
            body = await read_body(answer, headers, max_bytes)
            return Response(answer.status, dict(headers), body, str(request.url))

    def _connection(self, request: httpx.Request) -> AbstractAsyncContextManager[Connection]:
        """One that is there, for a read; whatever is not a read gets its own."""
        if request.method in _SAFE:
            return nullcontext(self._reading)
        origin = httpcore.URL(str(request.url)).origin
        return httpcore.AsyncHTTPConnection(origin, self._tls, network_backend=self._guard)


def _request(method: str, url: str, headers: Mapping[str, str], parts: Parts) -> httpx.Request:
    ours = httpx.Headers({"user-agent": AGENT, "accept-encoding": "gzip"})
    ours.update(headers)
    try:
        return httpx.Request(method, url, headers=ours, **parts)
    except httpx.InvalidURL as error:
        raise EgressRefused(f"no address to call: {error}") from None


def _check_url(url: httpx.URL) -> None:
    if url.scheme not in ("http", "https") or not url.host:
        raise EgressRefused("only http and https leave this house")
    if url.userinfo:
        raise EgressRefused("credentials do not belong in a URL")


def _redirected(request: httpx.Request, location: str) -> httpx.Request:
    """The next hop; what is personal does not go to another origin, and TLS is not given up."""
    try:
        url = request.url.join(location)
    except httpx.InvalidURL:
        raise EgressRefused("redirected to what is no address") from None
    if request.url.scheme == "https" and url.scheme != "https":
        raise EgressRefused("redirected from https to http")
    same = (url.scheme, url.host, url.port) == (request.url.scheme, request.url.host, request.url.port)
    kept = {
        name: value for name, value in request.headers.items() if name != "host" and (same or name not in _PERSONAL)
    }
    return httpx.Request(request.method, url, headers=kept)
