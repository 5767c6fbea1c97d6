"""What happens around every handler, as one list: `STEPS`, the outermost first."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from shared.bus.brake import Braked
from shared.bus.effect import handle, set_aside
from shared.bus.envelope import Received, check_owner
from shared.bus.handler import Handler
from shared.bus.message import Message
from shared.bus.progress import Superseded
from shared.bus.work import Surroundings, Undecodable, Work
from shared.errors import Reject, Retry, Unavailable, UnknownOwner
from shared.metrics import BUS_DWELL_SECONDS, BUS_HANDLER_SECONDS
from shared.mongo.deadline import deadline
from shared.telemetry import current_traceparent, share, span

TRIES = 3
PAUSES = (0.02, 0.1)  # seconds between the tries in place
AT_ONCE = 8  # conversations of a failed batch that go side by side
HANDLER_SECONDS = 30.0
LINKS = 32
MOST_WRONGS = 5
STEERING = (Retry, Reject, UnknownOwner, Unavailable, Braked, Superseded)


Next = Callable[[Work], Awaitable[None]]
Step = Callable[[Surroundings, Next, Work], Awaitable[None]]


async def trace(around: Surroundings, inner: Next, work: Work) -> None:
    """One span a batch, linked to what caused it, and one an event where the event's own trace is sampled; dwell and
    time spent, counted once a batch."""
    topic, group, count = work.messages[0].topic, around.group, len(work.messages)
    causes, began = [one.traceparent for one in work.messages if one.traceparent], time.time_ns()
    told: dict[str, str | int] = {
        "messaging.system": "kafka",
        "messaging.destination.name": topic,
        "messaging.consumer.group.name": group,
        "messaging.batch.message_count": count,
    }
    parent = causes[0] if count == 1 and causes else None
    with (
        span(f"process {topic}", parent=parent, links=causes[:LINKS], kind=SpanKind.CONSUMER, attributes=told) as batch,
        BUS_HANDLER_SECONDS.labels(group, work.handler.name).time(),
    ):
        await inner(work)
    if count > 1:
        share(batch, causes, began)
    now, dwell = datetime.now(UTC), BUS_DWELL_SECONDS.labels(topic, group)
    for received in work.received:
        dwell.observe(max(0.0, (now - received.cause.time).total_seconds()))


async def park(around: Surroundings, inner: Next, work: Work) -> None:
    """What fails for good is set aside alone: a batch that raises is run one by one to find the guilty."""
    try:
        await inner(work)
    except (Unavailable, Superseded, Braked):
        raise
    except Exception as error:
        for message, reason in _guilty(work, error):
            await set_aside(around, message, reason, counted=work.handler.counted)
    else:
        around.brake.handled(work.messages[0].topic)
    await _again(around, inner, work)


async def retry(around: Surroundings, inner: Next, work: Work) -> None:
    """A lone message gets three tries in place; where an engine is away, that is nobody's failure."""
    for tries_left in reversed(range(TRIES if len(work.messages) == 1 and work.row is None else 1)):
        try:
            await inner(work)
        except (*STEERING, Undecodable):
            raise
        except Exception:
            await asyncio.gather(around.database.probe(), around.producer.probe())
            if not tries_left:
                raise
        else:
            return
        await asyncio.sleep(PAUSES[TRIES - 1 - tries_left])


async def limit(around: Surroundings, inner: Next, work: Work) -> None:
    """Database calls get what is left of 30 s, and none begins later. Nothing is cancelled: it would still write."""
    with deadline(HANDLER_SECONDS):
        await inner(work)


async def decode(around: Surroundings, inner: Next, work: Work) -> None:
    """Bytes become events, checked: key, header and body name the same brand."""
    read_at, bad = datetime.now(UTC), []
    traceparent = current_traceparent() if len(work.messages) == 1 else None
    work.received = []
    for message in work.messages:
        try:
            work.received.append(_received(message, work.handler, read_at, traceparent))
        except Reject as reject:
            bad.append((message, reject))
    if bad:
        raise Undecodable(bad)
    await inner(work)


STEPS: tuple[Step, ...] = (
    trace,  # seen from outside: how long, caused by what
    park,  # what cannot be handled leaves the way, and nothing behind it waits
    retry,  # what may pass by itself gets its chance, and an outage is told from a fault
    limit,  # nothing keeps the database busy for longer than the deadline
    decode,  # the handler sees events, never bytes
)


def pipeline(around: Surroundings, steps: Sequence[Step] = STEPS) -> Next:
    """The handler with the steps around it. Afterwards every message of the work is settled, or it raises
    `Unavailable` (wait), `Braked` (wait for a person) or `Superseded` (another consumer owns the partition)."""
    run: Next = partial(handle, around)
    for step in reversed(steps):
        run = partial(step, around, run)
    return run


def _guilty(work: Work, error: Exception) -> list[tuple[Message, Exception]]:
    """Those of a failed batch that are known to be at fault; a counter, which moves on in order, knows only one."""
    if isinstance(error, Undecodable) and (not work.handler.counted or len(work.messages) == 1):
        return list(error.found)
    return [(work.messages[0], error)] if len(work.messages) == 1 else []


async def _again(around: Surroundings, inner: Next, work: Work) -> None:
    """What is left of a batch that failed: together where only the undecodable left it, else one by one.

    Conversations go side by side, so that a brand whose messages fail delays no other's; counters go in order.
    """
    left = [message for message in work.messages if not message.settled]
    alone = len(left) == len(work.messages)
    free = asyncio.Semaphore(AT_ONCE)
    chains: dict[Hashable, list[Message]] = {}
    for message in left:
        chains.setdefault(work.handler.counted or message.order, []).append(message)

    async def go(messages: Sequence[Message]) -> None:
        async with free:
            for message in messages:
                if message.topic in around.brake.pulled:
                    raise Braked(message.topic)
                await park(around, inner, replace(work, messages=[message], received=[]))

    if left and not alone:
        await park(around, inner, replace(work, messages=left, received=[]))
    else:
        for ended in await asyncio.gather(*map(go, chains.values()), return_exceptions=True):
            if isinstance(ended, BaseException):
                raise ended


def _received(message: Message, handler: Handler, read_at: datetime, traceparent: str | None) -> Received[Any]:
    cause = message.cause()
    if message.value is None:
        raise Reject("no body")
    try:
        event = handler.event_class.read(message.value)
    except ValidationError as error:
        raise Reject(f"not a {handler.event_class.__name__}: {_wrong(error)}") from None
    check_owner(event, cause, message.key)
    if traceparent and cause.traceparent:
        cause = cause._replace(traceparent=traceparent)
    return Received(event, cause, read_at)


def _wrong(error: ValidationError) -> str:
    """Where and why, never what was read: an operator sees it, and it may be what somebody said."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'/'.join(map(str, one['loc']))}: {one['msg']}" for one in found[:MOST_WRONGS])
