"""The reference: a bare aiokafka consume → produce → commit loop on the same broker, 500 bytes and 5 headers."""

import asyncio
import time
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

PARTITIONS = 6
BATCH = 500
HEADERS = [(f"ce_header{n}", b"a value of usual length") for n in range(5)]
VALUE = b"x" * 500


async def bare_loop(bootstrap: str, count: int = 60_000) -> float:
    """Messages a second from one topic to another, in batches of 500, each committed."""
    source, target = f"bench-source-{uuid4().hex[:8]}", f"bench-target-{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in (source, target)])
        producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=5)
        await producer.start()
        try:
            await _fill(producer, source, count)
            return await _copy(producer, bootstrap, source, target, count)
        finally:
            await producer.stop()
    finally:
        await admin.delete_topics([source, target])
        await admin.close()


async def _fill(producer: AIOKafkaProducer, topic: str, count: int) -> None:
    for start in range(0, count, 5000):
        sends = [
            await producer.send(topic, VALUE, str(n).encode(), headers=HEADERS) for n in range(start, start + 5000)
        ]
        await asyncio.gather(*sends)


async def _copy(producer: AIOKafkaProducer, bootstrap: str, source: str, target: str, count: int) -> float:
    consumer = AIOKafkaConsumer(
        source,
        bootstrap_servers=bootstrap,
        group_id=source,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_poll_records=BATCH,
    )
    await consumer.start()
    try:
        copied, began = 0, time.perf_counter()
        while copied < count:
            batches = await consumer.getmany(timeout_ms=1000, max_records=BATCH)
            sends = [
                await producer.send(target, message.value, message.key, headers=list(message.headers))
                for messages in batches.values()
                for message in messages
            ]
            await asyncio.gather(*sends)
            if sends:
                await consumer.commit(_ends(batches))
            copied += len(sends)
        return copied / (time.perf_counter() - began)
    finally:
        await consumer.stop()


def _ends(batches: dict[TopicPartition, list]) -> dict[TopicPartition, int]:  # type: ignore[type-arg]
    return {partition: messages[-1].offset + 1 for partition, messages in batches.items() if messages}
