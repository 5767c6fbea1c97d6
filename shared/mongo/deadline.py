"""How long the work in hand may still keep the database busy, carried along with the task."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from shared.errors import DeadlinePassed

_ENDS: ContextVar[float | None] = ContextVar("parvis_mongo_deadline", default=None)
_LONGEST: ContextVar[float] = ContextVar("parvis_mongo_longest_call", default=5.0)

# Below this the driver would round the server's limit down to zero, which means "no limit".
SHORTEST = 0.005


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Give every database call inside only what is left of `seconds`. A nearer outer one stays in force."""
    outer = _ENDS.get()
    own = time.monotonic() + seconds
    token = _ENDS.set(own if outer is None else min(own, outer))
    try:
        yield
    finally:
        _ENDS.reset(token)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let a single call inside take up to `seconds` instead of 5: for index builds and migrations."""
    token = _LONGEST.set(seconds)
    try:
        yield
    finally:
        _LONGEST.reset(token)


def time_left(what: str) -> float:
    """Seconds that the next call may take. Raises `DeadlinePassed` when the deadline leaves none."""
    longest, ends = _LONGEST.get(), _ENDS.get()
    if ends is None:
        return longest
    left = ends - time.monotonic()
    if left < SHORTEST:
        raise DeadlinePassed(what)
    return min(left, longest)
