"""How often one caller may ask about one brand: a token bucket each, so that nobody's haste is another's problem."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.problems import Problem

MOST = 10_000
_STANDING = "parvis.rate"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a caller has left of `burst` calls, refilled in `window` seconds. `wait` is 0 where a call fits."""

    burst: int
    window: float
    tokens: float
    wait: float

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-10 says it: `t` is when all are there again."""
        again = math.ceil((self.burst - self.tokens) / self.burst * self.window)
        policy, left = f"q={self.burst};w={math.ceil(self.window)}", f"r={math.floor(self.tokens)};t={again}"
        return {"RateLimit-Policy": f'"calls";{policy}', "RateLimit": f'"calls";{left}'}


class Rates:
    """One bucket a (caller, brand), refilled continuously; of more than `most` the one asked for longest ago goes."""

    def __init__(
        self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic, most: int = MOST
    ) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, caller: str, brand_id: str) -> Standing:
        """One more call; nothing is taken where it does not fit."""
        now, rate = self._clock(), self._per_second
        tokens, at = self._buckets.pop((caller, brand_id), (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - at) * rate)
        wait = max(0.0, (1 - tokens) / rate)
        tokens -= 0 if wait else 1
        self._buckets[caller, brand_id] = tokens, now
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return Standing(self._burst, self._burst / rate, tokens, wait)


def spend(request: Request, caller: str, brand_id: str) -> None:
    """One call of a caller who has shown who they are; raises 429 with `Retry-After` where it is one too many."""
    rates: Rates = request.app.state.rates
    standing = rates.take(caller, brand_id)
    request.scope.get(_STANDING, []).append(standing)
    if standing.wait:
        after = {"Retry-After": str(math.ceil(standing.wait))}
        raise Problem(429, f"at most {standing.burst} calls in one go, for each caller and brand", headers=after)


class RateTold:
    """Says on each counted answer what its caller has left."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        counted: list[Standing] = []
        scope[_STANDING] = counted

        async def told(message: Message) -> None:
            if counted and message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(counted[-1].headers)
            await send(message)

        await self._app(scope, receive, told)
