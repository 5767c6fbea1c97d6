"""Makes the topics of the catalogue: explicitly, so that a misspelt name is an error and not a new topic."""

import asyncio
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.bus.admin import open_admin
from shared.bus.producer import LARGEST_MESSAGE
from shared.events.topics import Topic

DAY_MS = 86_400_000
REPLICAS = 3  # where there are as many brokers
VISIBLE_SECONDS = 10.0


async def create_topics(bootstrap: str, topics: Iterable[Topic], partitions: int) -> list[str]:
    """Makes those that are not there; their names, once the broker shows them. Raises `Unavailable`."""
    wanted = list(topics)
    async with open_admin(bootstrap) as admin:
        there = set(await admin.list_topics())
        missing = [topic for topic in wanted if topic.name not in there]
        if not missing:
            return []
        replicas = min(REPLICAS, len((await admin.describe_cluster())["brokers"]))
        answer = await admin.create_topics([_described(topic, partitions, replicas) for topic in missing])
        for name, code, text in answer.topic_errors:
            if code and code != TopicAlreadyExistsError.errno:  # another process may have been faster
                raise for_code(code)(f"{name}: {text}")
        await _until_visible(admin, {topic.name for topic in missing})
    return [topic.name for topic in missing]


def topic_settings(topic: Topic, replicas: int) -> dict[str, str]:
    """Kafka's own settings of a topic of the catalogue that has so many replicas."""
    settings = {"max.message.bytes": str(LARGEST_MESSAGE)}
    if topic.compacted:
        settings |= {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1"}
    else:
        settings |= {"cleanup.policy": "delete", "retention.ms": str(topic.retention_days * DAY_MS)}
    if replicas > 1:
        settings["min.insync.replicas"] = str(replicas - 1)
    return settings


def _described(topic: Topic, partitions: int, replicas: int) -> NewTopic:
    return NewTopic(topic.name, partitions, replicas, topic_configs=topic_settings(topic, replicas))


async def _until_visible(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    try:
        async with asyncio.timeout(VISIBLE_SECONDS):
            while not names <= set(await admin.list_topics()):  # noqa: ASYNC110  (a broker tells nobody)
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise KafkaError(f"made, but not visible after {VISIBLE_SECONDS:.0f} s: {sorted(names)}") from None
