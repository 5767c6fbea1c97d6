"""Mastodon's rate limit: counted per token over five minutes, told in headers, its reset as an ISO time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parvis.simulator.mastodon_shapes import MAX_CHARACTERS, time

WINDOW = 300.0


@dataclass(slots=True)
class Limits:
    """`calls` in five minutes for each token; 0 switches limit and headers off, as some servers do."""

    calls: int = 7500
    max_characters: int = MAX_CHARACTERS
    used: dict[bytes, tuple[float, int]] = field(default_factory=dict)

    def count(self, token: bytes, now: float) -> tuple[int, float]:
        """How many calls are left after this one (below zero: refused), and when the window ends."""
        start, used = self.used.get(token, (now, 0))
        if now - start >= WINDOW:
            start, used = now, 0
        self.used[token] = (start, used + 1)
        return self.calls - used - 1, start + WINDOW


class RateLimit:
    """Answers 429 over the limit, and adds the headers to every answer."""

    def __init__(self, app: ASGIApp, limits: Limits, clock: Callable[[], float]) -> None:
        self._app = app
        self._limits = limits
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._limits.calls:
            await self._app(scope, receive, send)
            return
        token = dict(scope["headers"]).get(b"authorization", b"")
        left, reset = self._limits.count(token, self._clock())
        headers = [
            (b"x-ratelimit-limit", str(self._limits.calls).encode()),
            (b"x-ratelimit-remaining", str(max(left, 0)).encode()),
            (b"x-ratelimit-reset", time(reset).encode()),
        ]

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message.get("headers", [])}
                message["headers"] = [*message.get("headers", []), *(one for one in headers if one[0] not in own)]
            await send(message)

        if left < 0:
            await _refuse(told)
        else:
            await self._app(scope, receive, told)


async def _refuse(send: Any) -> None:
    json = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 429, "headers": json})
    await send({"type": "http.response.body", "body": orjson.dumps({"error": "Too many requests"})})
