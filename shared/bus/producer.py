"""Sends to Kafka: idempotent, `acks=all`, and a call returns only when every message is acknowledged."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any, Self

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from shared.bus.address import connection
from shared.bus.envelope import EncodedMessage, Outgoing, encode
from shared.bus.packs import Packs
from shared.errors import DeadlinePassed, Reject, Unavailable
from shared.metrics import BUS_PRODUCED, BUS_PRODUCER_REBUILT

LARGEST_MESSAGE = 3_000_000  # bytes; a change of 1 MB grows when it is written as JSON
PROBE_SECONDS = 3.0
DISCARD_SECONDS = 2.0
PAUSE_SECONDS = 0.1

log = structlog.get_logger(__name__)


class Producer:
    """One connection to Kafka for a whole process. `source` is the CloudEvents source of what it sends."""

    def __init__(self, bootstrap: str, source: str, deadline: float = 10.0) -> None:
        self.bootstrap = bootstrap
        self.source = source
        self._deadline = deadline
        self._packs: Packs | None = None
        self._building = asyncio.Lock()
        self._discards: set[asyncio.Task[None]] = set()

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, bootstrap: str, *, source: str, deadline: float = 10.0) -> AsyncIterator[Self]:
        """A producer that is closed at the end. Kafka may be away: it is connected to when it is back."""
        producer = cls(bootstrap, source, deadline)
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(PROBE_SECONDS):
                await producer._connected()
        try:
            yield producer
        finally:
            await producer._close()

    async def send(self, outgoings: Sequence[Outgoing], *, deadline: float | None = None) -> None:
        """Sends all and waits for all acknowledgements. Errors: see `send_raw`."""
        await self.send_raw([encode(outgoing, self.source) for outgoing in outgoings], deadline=deadline)

    async def send_raw(self, rows: Sequence[EncodedMessage], *, deadline: float | None = None) -> None:
        """Sends messages that are encoded already.

        After `deadline` seconds raises `Unavailable` where Kafka does not answer a probe, else
        `DeadlinePassed`; a part may have been stored, so the caller sends all again. `Reject`: too large.
        """
        left = list(rows)
        try:
            async with asyncio.timeout(self._deadline if deadline is None else deadline):
                while left:
                    left = await self._attempt(left)
        except TimeoutError:
            self._discard(self._packs)
            await self.probe()
            raise DeadlinePassed("sending to kafka") from None

    async def probe(self) -> None:
        """Whether Kafka answers now. Raises `Unavailable`."""
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                packs = await self._connected()
                answered = await packs.client.client.force_metadata_update()
        except (KafkaError, TimeoutError) as error:
            raise Unavailable("kafka") from error
        if not answered:
            raise Unavailable("kafka")

    async def _attempt(self, rows: list[EncodedMessage]) -> list[EncodedMessage]:
        """Sends `rows` together; returns those to send again (on a new client, for the old one is broken)."""
        packs = None
        errors: list[BaseException | None]
        try:
            packs = await self._connected()
            errors = await packs.send(rows)
        except KafkaError as error:
            errors = [error] * len(rows)
        failed = [row for row, error in zip(rows, errors, strict=True) if error is not None]
        sent = Counter(row.topic for row in rows)
        sent.subtract(row.topic for row in failed)
        for topic, count in sent.items():
            BUS_PRODUCED.labels(topic).inc(count)
        if failed:
            await self._recover(packs, next(filter(None, errors)))
        return failed

    async def _recover(self, packs: Packs | None, error: BaseException) -> None:
        """A batch that failed for good leaves a hole in the sequence: later ones fail until a new client."""
        if isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
            self._discard(packs)
            raise Reject(f"too large for kafka: {error}") from error
        if packs is not None:
            log.warning("producer replaced", error=repr(error))
            BUS_PRODUCER_REBUILT.inc()
            self._discard(packs)
        await asyncio.sleep(PAUSE_SECONDS)

    async def _connected(self) -> Packs:
        async with self._building:
            if self._packs is None:
                client = AIOKafkaProducer(
                    **connection(self.bootstrap),
                    acks="all",
                    enable_idempotence=True,
                    linger_ms=0,  # a gathered send batches by itself; lingering would cost small sends 5 ms
                    max_batch_size=262_144,
                    request_timeout_ms=10_000,
                )
                try:
                    await client.start()
                except BaseException:
                    await self._retire(client)
                    raise
                self._packs = Packs(client, LARGEST_MESSAGE)
            return self._packs

    def _discard(self, packs: Packs | None) -> None:
        """Forgets a client and what it has not delivered: its batches never expire by themselves."""
        if packs is None or packs is not self._packs:
            return
        self._packs = None
        # No public way drops undelivered batches; `stop` alone would wait for them as long as Kafka is away.
        packs.client._message_accumulator.fail_all(KafkaError("producer replaced"))
        task = asyncio.create_task(self._retire(packs.client))
        self._discards.add(task)
        task.add_done_callback(self._discards.discard)

    async def _retire(self, client: Any) -> None:
        try:
            async with asyncio.timeout(DISCARD_SECONDS):
                await client.stop()
        except Exception as error:  # whatever a broken client says while it closes is of no use to anyone
            log.debug("producer closed hard", error=repr(error))
            await client.client.close()

    async def _close(self) -> None:
        if self._packs is not None:
            await self._retire(self._packs.client)
            self._packs = None
        if self._discards:
            await asyncio.wait(self._discards)
