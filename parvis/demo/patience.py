"""Waiting for what must come true, and saying what did not."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 60.0
PAUSE = 0.25


class Missing(Exception):
    """Something of the story did not happen; the message says what."""


async def eventually(look: Callable[[], Awaitable[T | None]], what: str, within: float = PATIENCE) -> T:
    """The first truthy answer of `look`, or `Missing`."""
    deadline = time.monotonic() + within
    while not (seen := await look()):
        if time.monotonic() > deadline:
            raise Missing(f"{what} (waited {within:.0f} s)")
        await asyncio.sleep(PAUSE)
    return seen
