"""Commands to the services that own things: signed for one brand, person and right; asked again with the same key."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

import httpx
from nacl.signing import SigningKey

from shared.auth import sign_command
from shared.errors import NotFound
from shared.rights import Right

DOTS = frozenset({".", ".."})
TIMEOUT = httpx.Timeout(8.0, connect=2.0)


class OwnerAway(Exception):
    """The owning service does not answer now; nothing is known to have happened, and nothing typed is lost."""

    def __init__(self, service: str) -> None:
        super().__init__(f"{service} does not answer")
        self.service = service


@dataclass(frozen=True, slots=True)
class Reply:
    """What an owner answered: its new state (2xx), or a problem document."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    after: str = ""  # seconds, where it was too early

    @property
    def ok(self) -> bool:
        """Whether the command was carried out."""
        return 200 <= self.status < 300

    @property
    def detail(self) -> str:
        """The owner's own words about a refusal."""
        return str(self.body.get("detail") or self.body.get("title") or self.status)


@dataclass(frozen=True, slots=True)
class Order:
    """A command: who asks what, of which brand. `key` makes a repeated one the same one.

    `path` is unquoted: whatever a caller put into a part of it stays in that part.
    """

    service: str
    method: str
    path: str
    right: Right
    brand_id: str
    person: str
    key: str
    body: Mapping[str, Any] | None = None
    seq: int | None = None
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Download:
    """A file that an owner hands over piece by piece; `close` it, read or not."""

    headers: Mapping[str, str]
    pieces: AsyncIterator[bytes]
    close: Callable[[], Awaitable[None]]


class Owners:
    """The services that console sends commands to, by name."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        urls: Mapping[str, str],
        key: SigningKey | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._urls = urls
        self._key = key
        self._clock = clock

    @classmethod
    @asynccontextmanager
    async def open(
        cls, urls: Mapping[str, str], key: SigningKey | None, clock: Callable[[], datetime]
    ) -> AsyncIterator[Self]:
        """`key` is the deployment's private half of `commands`; without it no command leaves."""
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            yield cls(client, urls, key, clock)

    async def send(self, order: Order) -> Reply:
        """Carry out a command; raises `OwnerAway`."""
        request = self._request(order)
        with _asking(order.service):
            response = await self._client.send(request)
        if response.status_code in (502, 503, 504):
            raise OwnerAway(order.service)
        return Reply(response.status_code, _json(response), response.headers.get("Retry-After", ""))

    async def download(self, order: Order) -> Download | None:
        """A file that an owner keeps, None where it keeps no such one; raises `OwnerAway`."""
        request = self._request(order)
        with _asking(order.service):
            response = await self._client.send(request, stream=True)
        if response.status_code == 200:
            return Download(response.headers, response.aiter_bytes(), response.aclose)
        await response.aclose()
        if response.status_code == 404:
            return None
        raise OwnerAway(order.service)

    async def health(self, service: str) -> Mapping[str, Any]:
        """What a service says on `/ops`, and what it set aside; raises `OwnerAway`."""
        looking = Order(service, "GET", "/ops/parked", "operate", "", "console", "")
        with _asking(service):
            told = await self._client.get(self._urls[service].rstrip("/") + "/ops")
            told.raise_for_status()
        aside = (await self.send(looking)).body
        return {**_json(told), "aside": aside.get("kinds", []), "stuck": aside.get("brands", [])}

    def _request(self, order: Order) -> httpx.Request:
        return self._client.build_request(
            order.method,
            self._url(order),
            params=order.query or None,
            json=dict(order.body) if order.body is not None else None,
            headers=self._headers(order),
        )

    def _url(self, order: Order) -> str:
        """Where the order goes. No part of it may lead elsewhere; raises `NotFound` for one that names nothing."""
        if not DOTS.isdisjoint(order.path.split("/")):
            raise NotFound("no such thing")
        return self._urls[order.service].rstrip("/") + quote(order.path, errors="replace")

    def _headers(self, order: Order) -> dict[str, str]:
        if self._key is None:
            raise OwnerAway(order.service)
        token = sign_command(
            self._key,
            audience=order.service,
            brand_id=order.brand_id,
            person=order.person,
            right=order.right,
            now=self._clock(),
        )
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": order.key}
        return headers if order.seq is None else {**headers, "If-Match": str(order.seq)}


@contextmanager
def _asking(service: str) -> Iterator[None]:
    """What goes wrong on the way means that the service is away.

    On uvloop anyio 4 fails with an `AttributeError` where the other side is gone as soon as it is connected.
    """
    try:
        yield
    except (httpx.HTTPError, AttributeError) as error:
        raise OwnerAway(service) from error


def _json(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {"value": body}
