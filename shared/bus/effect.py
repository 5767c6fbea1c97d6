"""What is left of a batch when it is over: the handler's effect, or a message set aside."""

from functools import partial

import structlog

from shared.bus.message import Message
from shared.bus.work import Surroundings, Work
from shared.errors import Retry, UnknownOwner
from shared.metrics import BUS_CONSUMED
from shared.mongo.transactions import Transaction

log = structlog.get_logger(__name__)


async def handle(around: Surroundings, work: Work) -> None:
    """The handler; what it returns is acknowledged by Kafka before any message counts as settled."""
    if work.handler.counted:
        await around.database.transact(partial(_count, around, work))
        if work.row is None:
            last = work.messages[-1]
            around.progress.advanced(last.place, last.offset + 1)
    else:
        outputs = await work.handler.call(work.received)
        if outputs:
            await around.producer.send(outputs)
        if work.row is not None:
            await around.parking.done(work.row)
    for message in work.messages:
        message.settled = True
    BUS_CONSUMED.labels(work.messages[0].topic, around.group, "handled").inc(len(work.messages))


async def _count(around: Surroundings, work: Work, tx: Transaction) -> None:
    """Increments and progress (or the end of the parked row) in one transaction."""
    received = work.received
    if work.row is not None:
        if not await around.parking.done(work.row, tx=tx):
            return
    else:
        known = await around.parking.known(work.messages, tx=tx)
        last = work.messages[-1]
        reached = around.progress.reached(last.place)
        received = [
            each
            for message, each in zip(work.messages, work.received, strict=True)
            if message.offset >= reached and around.parking.id_of(message) not in known
        ]
        await around.progress.advance(last.place, last.offset + 1, tx)
    for outgoing in await work.handler.call(received, tx) if received else ():
        tx.emit(outgoing)


async def set_aside(around: Surroundings, message: Message, error: Exception, *, counted: bool) -> None:
    """Parks a message or declares it dead, and lets the brake know. Raises `Braked`."""
    after = message.offset + 1

    async def with_progress(tx: Transaction) -> str:
        sentence = await around.parking.set_aside(message, error, tx=tx)
        await around.progress.advance(message.place, after, tx)
        return sentence.reason

    if counted:
        reason = await around.database.transact(with_progress)
        around.progress.advanced(message.place, after)
    else:
        reason = (await around.parking.set_aside(message, error)).reason
    message.settled = True
    place = f"{message.topic} {message.partition}:{message.offset}"
    log.warning("set_aside", group=around.group, place=place, brand=message.brand, reason=reason)
    BUS_CONSUMED.labels(message.topic, around.group, reason).inc()
    if not isinstance(error, Retry | UnknownOwner):
        await around.brake.failed(message.topic, message.brand, str(error))
