"""Answers in a shape that no network of this kind gives: a proxy's page, another product, a new version."""

from collections.abc import Awaitable, Callable
from dataclasses import fields
from functools import wraps
from typing import ParamSpec, TypeVar

from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Author, Media, Sighting

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


def in_words(sighting: Sighting) -> Sighting:
    """The sighting, whose names and texts are such; ValueError where something else stood in their place."""
    parts: list[Sighting | Author | Media] = [sighting, sighting.author, *sighting.media]
    for part in parts:
        for one in fields(part):
            if one.type is str and not isinstance(getattr(part, one.name), str):
                raise ValueError(f"{one.name} is no text")
    return sighting
