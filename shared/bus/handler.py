"""Binds a handler function to its dependencies; its first parameter says which event it is for."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, get_args, get_origin, get_type_hints

from shared.bus.envelope import Outgoing, Received
from shared.bus.message import Message
from shared.events.event import Event

SINGLE, BATCH, COUNTED = "handle", "handle_batch", "handle_counted"
AT_ONCE = 32  # messages of one batch that a `handle` works on together

Batch = Sequence[Received[Any]]
Outputs = Sequence[Outgoing]


@dataclass(frozen=True, slots=True)
class Handler:
    """What a consumer calls: `call(batch)`, or `call(batch, tx)` for a counted one; events of one class.

    `only` names a header and what it says in those that concern the handler; one that does not say it may.
    """

    name: str
    event_class: type[Event]
    counted: bool
    call: Callable[..., Awaitable[Outputs]]
    only: tuple[str, Collection[bytes]] | None = None

    def concerns(self, message: Message) -> bool:
        """Whether the message is to be read at all."""
        if self.only is None:
            return True
        header, values = self.only
        told = message.headers.get(header)
        return told is None or told in values


def bind(function: Callable[..., Awaitable[Outputs | None]], **dependencies: Any) -> Handler:
    """The handler of `function` with its dependencies given by name.

    `function` is called `handle` (one `Received[X]`), `handle_batch` (a `Sequence[Received[X]]`, same-key
    events in order of arrival) or `handle_counted` (the same and a `Transaction`; it touches nothing but the
    database, for it may run again). Raises `TypeError` where signature and `dependencies` do not fit.
    """
    shape = function.__name__
    parameters = list(inspect.signature(function).parameters)
    event_class = _event_class(function, parameters[0], shape)
    given = parameters[2:] if shape == COUNTED else parameters[1:]
    if set(given) != set(dependencies):
        raise TypeError(f"{function.__module__} needs {sorted(given)}, was given {sorted(dependencies)}")
    bound = partial(function, **dependencies)
    name = function.__module__.rsplit(".", 1)[-1]
    call = _each(bound) if shape == SINGLE else _whole(bound)
    return Handler(name, event_class, shape == COUNTED, call)


def where(handler: Handler, attribute: str, values: Iterable[str]) -> Handler:
    """The handler for those events alone whose `attribute` is one of `values`; the others are not even read."""
    return replace(handler, only=(f"ce_{attribute}", frozenset(value.encode() for value in values)))


def _event_class(function: Callable[..., Any], parameter: str, shape: str) -> type[Event]:
    if shape not in (SINGLE, BATCH, COUNTED):
        raise TypeError(f"a handler is called {SINGLE}, {BATCH} or {COUNTED}, not {shape}")
    hint = get_type_hints(function)[parameter]
    received = hint if shape == SINGLE else next(iter(get_args(hint)), None)
    if get_origin(received) is not Received:
        raise TypeError(f"{function.__module__}: the first parameter must say Received[<event class>]")
    found = get_args(received)[0]
    if not (isinstance(found, type) and issubclass(found, Event)):
        raise TypeError(f"{function.__module__}: {found!r} is not one event class")
    return found


def _whole(function: Callable[..., Awaitable[Outputs | None]]) -> Callable[..., Awaitable[Outputs]]:
    async def call(*arguments: Any) -> Outputs:
        return await function(*arguments) or ()

    return call


def _each(function: Callable[..., Awaitable[Outputs | None]]) -> Callable[[Batch], Awaitable[Outputs]]:
    """Keys side by side, the events of one key one after the other; outputs in order of arrival."""

    async def call(batch: Batch) -> Outputs:
        if len(batch) == 1:
            return await function(batch[0]) or ()
        outputs: list[Outputs] = [()] * len(batch)
        keys: dict[str, list[int]] = {}
        for place, received in enumerate(batch):
            keys.setdefault(received.event.key(), []).append(place)
        free = asyncio.Semaphore(AT_ONCE)

        async def in_order(places: list[int]) -> None:
            async with free:
                for place in places:
                    outputs[place] = await function(batch[place]) or ()

        ended = await asyncio.gather(*map(in_order, keys.values()), return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, BaseException):
                raise outcome
        return [outgoing for each in outputs for outgoing in each]

    return call
