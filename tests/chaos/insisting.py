"""People who press the button again: the same command with the same key, until it is answered."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

AGAIN_AFTER, AT_MOST_AFTER = 1.0, 8.0
AT_ONCE = 48  # httpcore looks at every open connection for each request: a thousand that wait would keep it busy
NOT_YET = {404, 500, 502, 503, 504}  # 404: what it is about has not come here yet


@dataclass(slots=True)
class Insisting:
    """Gives a command up after `patience` seconds.

    `answers` counts what was met on the way, `refused` says which commands were never carried out, and why.
    """

    patience: float
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    answers: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    async def __call__(self, what: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        """The answer of `ask`, or None where it was refused for good."""
        last, pause = "nothing", AGAIN_AFTER
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    try:
                        async with self.room:
                            answer = await ask()
                    except httpx.TransportError as error:
                        last = type(error).__name__
                        self.answers[last] += 1
                    except httpx.HTTPStatusError as error:
                        last = str(error)
                        self.answers[str(error.response.status_code)] += 1
                        if error.response.status_code not in NOT_YET:
                            self.refused.append(f"{what}: {error}")
                            return None
                    else:
                        self.answers["carried out"] += 1
                        return answer
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, AT_MOST_AFTER)
        except TimeoutError:
            self.refused.append(f"{what}: in {self.patience:g} s no better answer than {last}")
            return None
