"""Consumer groups from outside: where each has got to, who is in it, and how to put one back."""

from collections.abc import Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.bus.address import connection
from shared.bus.admin import open_admin, open_onlooker
from shared.bus.offsets import Place
from shared.errors import ParvisError


class NotPutBack(ParvisError):
    """Kafka refused the offsets of a group: it has members again."""


async def cluster(bootstrap: str) -> str:
    """The id of the Kafka cluster. Raises `Unavailable`."""
    async with open_admin(bootstrap) as admin:
        return str((await admin.describe_cluster())["cluster_id"])


async def committed(bootstrap: str, prefixes: Iterable[str]) -> dict[str, dict[Place, int]]:
    """What each group whose name is or continues one of `prefixes` has committed. Raises `Unavailable`."""
    async with open_admin(bootstrap) as admin:
        names = sorted(name for name, *_ in await admin.list_consumer_groups() if _ours(name, prefixes))
        told = {name: await admin.list_consumer_group_offsets(name) for name in names}
    return {
        name: {(place.topic, place.partition): at.offset for place, at in offsets.items() if at.offset >= 0}
        for name, offsets in told.items()
    }


async def with_members(bootstrap: str, prefixes: Iterable[str]) -> list[str]:
    """The groups of these that somebody is in, or was until a moment ago. Raises `Unavailable`."""
    async with open_admin(bootstrap) as admin:
        names = [name for name, *_ in await admin.list_consumer_groups() if _ours(name, prefixes)]
        # One at a time: of several the client reads the second with the fields of another version of the answer.
        answers = [answer for name in names for answer in await admin.describe_consumer_groups([name])]
    described = [group for answer in answers for group in answer.groups]
    return sorted(name for _, name, _, _, _, members, *_ in described if members)


async def bounds(bootstrap: str, topics: Iterable[str]) -> dict[Place, tuple[int, int]]:
    """Where each partition of those topics that exist begins and ends. Raises `Unavailable`."""
    async with open_admin(bootstrap) as admin:
        there = set(await admin.list_topics()) & set(topics)
    if not there:
        return {}
    async with open_onlooker(bootstrap, there) as onlooker:
        places = [TopicPartition(name, number) for name in there for number in onlooker.partitions_for_topic(name)]
        begins, ends = await onlooker.beginning_offsets(places), await onlooker.end_offsets(places)
    return {(place.topic, place.partition): (begins[place], ends[place]) for place in places}


async def put_back(bootstrap: str, group: str, offsets: Mapping[Place, int]) -> None:
    """Commits for a group that nobody is in. Raises `NotPutBack`."""
    client = AIOKafkaConsumer(**connection(bootstrap), group_id=group, enable_auto_commit=False)
    try:
        await client.start()
        client.assign([TopicPartition(*place) for place in offsets])
        await client.commit({TopicPartition(*place): offset for place, offset in offsets.items()})
    except KafkaError as error:
        raise NotPutBack(f"the offsets of {group} could not be put back: {error!r}") from error
    finally:
        await client.stop()


def _ours(name: str, prefixes: Iterable[str]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}-") for prefix in prefixes)
