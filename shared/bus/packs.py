"""What is on its way to Kafka, packed by partition: a future a pack. The client's own `send` makes one a message, and
takes twice as long for it."""

import asyncio
import zlib
from collections.abc import Sequence
from typing import Any

from shared.bus.envelope import EncodedMessage
from shared.errors import Reject

ENVELOPE = 16_384  # bytes; more than headers and framing of a message take
Place = tuple[str, int]


def by_key(key: bytes, partitions: Sequence[int]) -> int:
    """CRC-32, as librdkafka has it. aiokafka's own, the Java client's hash written in Python, costs 15 µs a message."""
    return partitions[zlib.crc32(key) % len(partitions)]


class Packs:
    """The packs of one aiokafka producer, which is untyped. A partition has one that is open until the client takes
    it: whoever sends meanwhile goes with it. `largest`: bytes of a message, all in all."""

    def __init__(self, client: Any, largest: int) -> None:
        self.client = client
        self._largest = largest - ENVELOPE
        self._open: dict[Place, tuple[Any, asyncio.Task[None]]] = {}

    async def send(self, rows: Sequence[EncodedMessage]) -> list[BaseException | None]:
        """Waits until each is acknowledged or has failed; what each failed by.

        Before anything is sent it raises `Reject` (too large) or `KafkaError`.
        """
        partitions = {topic: sorted(await self.client.partitions_for(topic)) for topic in {row.topic for row in rows}}
        if any(len(row.key) + len(row.value or b"") > self._largest for row in rows):
            raise Reject(f"too large for kafka: a key and its value have more than {self._largest} bytes")
        tasks = [self._put((row.topic, by_key(row.key, partitions[row.topic])), row) for row in rows]
        await asyncio.wait(set(tasks))
        return [task.exception() for task in tasks]

    def _put(self, place: Place, row: EncodedMessage) -> asyncio.Task[None]:
        """Lays the row into the open pack of its partition, or into a new one where there is none or it is full."""
        pack, task = self._open.get(place, (None, None))
        if task is None or not _append(pack, row):
            pack = self.client.create_batch()
            _append(pack, row)  # an empty one takes a message of any size
            task = asyncio.create_task(self._deliver(place, pack))
            task.add_done_callback(_seen)
            self._open[place] = pack, task
        return task

    async def _deliver(self, place: Place, pack: Any) -> None:
        topic, partition = place
        try:
            acknowledged = await self.client.send_batch(pack, topic, partition=partition)
        finally:  # from here on it is numbered: who adds to it breaks the sequence
            if self._open.get(place, (None,))[0] is pack:
                del self._open[place]
        await acknowledged


def _append(pack: Any, row: EncodedMessage) -> bool:
    return pack.append(timestamp=None, key=row.key, value=row.value, headers=row.headers) is not None


def _seen(task: asyncio.Task[None]) -> None:
    """Whoever sent may have given up: what a pack failed by is then nobody's news."""
    if not task.cancelled():
        task.exception()
