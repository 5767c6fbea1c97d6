"""A handler is one function; binding finds its event and insists on its dependencies."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.bus.envelope import Outgoing, Received, decode_headers, encode
from shared.bus.handler import bind
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.events.ingest.payload_received import PayloadReceived
from shared.mongo.transactions import Transaction
from tests.shared.bus.stage import payload


def received(number: int, thread: str) -> Received[PayloadReceived]:
    """As the consumer would give it."""
    event = payload(number, thread=thread)
    message = encode(Outgoing.first(event, now=datetime.now(UTC)), "/testing")
    cause = decode_headers(dict(message.headers), topic="t", partition=0, offset=number, timestamp_ms=0)
    return Received(event, cause)


def test_the_first_parameter_says_which_event() -> None:
    """One event, a batch, or a batch to count: the class is in the annotation."""

    async def handle(received: Received[PayloadReceived], store: str) -> None: ...

    async def handle_batch(batch: Sequence[Received[InteractionDeleted]]) -> None: ...

    async def handle_counted(batch: Sequence[Received[PayloadReceived]], tx: Transaction, store: str) -> None: ...

    bound = [bind(handle, store="s"), bind(handle_batch), bind(handle_counted, store="s")]
    assert [one.event_class for one in bound] == [PayloadReceived, InteractionDeleted, PayloadReceived]
    assert [one.counted for one in bound] == [False, False, True]


def test_what_does_not_fit_is_refused_at_the_start() -> None:
    """A dependency too few or too many, a wrong name or type: the service does not even start."""

    async def handle(received: Received[PayloadReceived], store: str) -> None: ...

    async def handle_it(received: Received[PayloadReceived]) -> None: ...

    with pytest.raises(TypeError, match="store"):
        bind(handle)
    with pytest.raises(TypeError, match="clock"):
        bind(handle, store="s", clock=None)
    with pytest.raises(TypeError, match="handle_it"):
        bind(handle_it)

    async def handle(received: PayloadReceived) -> None: ...  # type: ignore[no-redef]

    with pytest.raises(TypeError, match="Received"):
        bind(handle)


async def test_keys_go_side_by_side_and_outputs_keep_their_order() -> None:
    """A single-event handler works on several threads at a time, on each in order; one failure fails the batch."""
    running: list[str] = []
    most = 0

    async def handle(received: Received[PayloadReceived], fails: set[int]) -> Sequence[Outgoing]:
        nonlocal most
        event = received.event
        assert event.external_id not in running
        running.append(event.external_id)
        most = max(most, len(running))
        await asyncio.sleep(0.01)
        running.remove(event.external_id)
        if event.part in fails:
            raise ValueError(event.part)
        return [received.emit(event)]

    batch: list[Received[Any]] = [received(number, f"t{number % 4}") for number in range(12)]
    outputs = await bind(handle, fails=set()).call(batch)
    assert [outgoing.event.part for outgoing in outputs] == list(range(12))  # type: ignore[attr-defined]
    assert most == 4
    with pytest.raises(ValueError, match="5"):
        await bind(handle, fails={5}).call(batch)
    assert running == []
