"""Answers in a shape that no network of this kind gives: a proxy's page, another product, a new version."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from shared.errors import OutcomeUnknown

P = ParamSpec("P")
T = TypeVar("T")


def understood(call: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """The call, where an answer that cannot be read leaves the outcome unknown instead of ending in a crash."""

    @wraps(call)
    async def guarded(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return await call(*arguments, **named)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise OutcomeUnknown(f"the network answered in an unknown shape: {error!r}") from error

    return guarded
