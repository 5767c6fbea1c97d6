"""Sends to Kafka: idempotent, `acks=all`, and a call returns only when every message is acknowledged."""

import asyncio
import contextlib
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any, Self

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from shared.bus.address import connection
from shared.bus.envelope import EncodedMessage, Outgoing, encode
from shared.errors import DeadlinePassed, Reject, Unavailable
from shared.metrics import BUS_PRODUCED, BUS_PRODUCER_REBUILT

LARGEST_MESSAGE = 3_000_000  # bytes; a change of 1 MB grows when it is written as JSON
PROBE_SECONDS = 3.0
DISCARD_SECONDS = 2.0
PAUSE_SECONDS = 0.1

log = structlog.get_logger(__name__)


def by_key(key: bytes | None, partitions: Sequence[int], _available: Sequence[int]) -> int:
    """CRC-32, as librdkafka has it. aiokafka's own, the Java client's hash written in Python, costs 15 µs a message."""
    return partitions[zlib.crc32(key or b"") % len(partitions)]


class Producer:
    """One connection to Kafka for a whole process. `source` is the CloudEvents source of what it sends."""

    def __init__(self, bootstrap: str, source: str, deadline: float = 10.0) -> None:
        self.bootstrap = bootstrap
        self.source = source
        self._deadline = deadline
        self._client: Any = None  # aiokafka's AIOKafkaProducer, which is untyped
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
            self._discard(self._client)
            await self.probe()
            raise DeadlinePassed("sending to kafka") from None

    async def probe(self) -> None:
        """Whether Kafka answers now. Raises `Unavailable`."""
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                client = await self._connected()
                answered = await client.client.force_metadata_update()
        except (KafkaError, TimeoutError) as error:
            raise Unavailable("kafka") from error
        if not answered:
            raise Unavailable("kafka")

    async def _attempt(self, rows: list[EncodedMessage]) -> list[EncodedMessage]:
        """Sends `rows` together; returns those to send again (on a new client, for the old one is broken)."""
        client: Any = None
        try:
            client = await self._connected()
            futures = [await client.send(row.topic, row.value, row.key, headers=list(row.headers)) for row in rows]
            answers = await asyncio.gather(*futures, return_exceptions=True)
        except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
            raise Reject(f"too large for kafka: {error}") from error
        except KafkaError as error:
            answers = [error] * len(rows)
        failed = [row for row, answer in zip(rows, answers, strict=True) if isinstance(answer, BaseException)]
        sent = Counter(row.topic for row in rows)
        sent.subtract(row.topic for row in failed)
        for topic, count in sent.items():
            BUS_PRODUCED.labels(topic).inc(count)
        if failed:
            await self._recover(client, next(a for a in answers if isinstance(a, BaseException)))
        return failed

    async def _recover(self, client: Any, error: BaseException) -> None:
        """A batch that failed for good leaves a hole in the sequence: later ones fail until a new client."""
        if isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
            self._discard(client)
            raise Reject(f"too large for kafka: {error}") from error
        if client is not None:
            log.warning("producer replaced", error=repr(error))
            BUS_PRODUCER_REBUILT.inc()
            self._discard(client)
        await asyncio.sleep(PAUSE_SECONDS)

    async def _connected(self) -> Any:
        async with self._building:
            if self._client is None:
                client = AIOKafkaProducer(
                    **connection(self.bootstrap),
                    acks="all",
                    enable_idempotence=True,
                    partitioner=by_key,
                    linger_ms=0,  # a gathered send batches by itself; lingering would cost small sends 5 ms
                    max_batch_size=262_144,
                    max_request_size=LARGEST_MESSAGE,
                    request_timeout_ms=10_000,
                )
                try:
                    await client.start()
                except BaseException:
                    await self._retire(client)
                    raise
                self._client = client
            return self._client

    def _discard(self, client: Any) -> None:
        """Forgets a client and what it has not delivered: its batches never expire by themselves."""
        if client is None or client is not self._client:
            return
        self._client = None
        # No public way drops undelivered batches; `stop` alone would wait for them as long as Kafka is away.
        client._message_accumulator.fail_all(KafkaError("producer replaced"))
        task = asyncio.create_task(self._retire(client))
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
        if self._client is not None:
            await self._retire(self._client)
            self._client = None
        if self._discards:
            await asyncio.wait(self._discards)
