"""How far each group is behind, as Kafka itself knows it: for operators, from outside the services."""

from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka import TopicPartition

from shared.bus.admin import open_admin, open_onlooker


@dataclass(frozen=True, slots=True)
class Lag:
    """A group's place in one partition. `committed` is None where it never committed there."""

    group: str
    topic: str
    partition: int
    committed: int | None
    end: int

    @property
    def behind(self) -> int:
        """Messages not yet finished; of a partition never committed, all that are there."""
        return max(0, self.end - (self.committed or 0))


async def group_lags(bootstrap: str, groups: Iterable[str] | None = None) -> list[Lag]:
    """The lag of these groups (or of every group), by group, topic and partition. Raises `Unavailable`."""
    async with open_admin(bootstrap) as admin:
        told = await admin.list_consumer_groups() if groups is None else [(name,) for name in groups]
        there = set(await admin.list_topics())
        committed = {
            (name, place): at.offset
            for name in sorted(group[0] for group in told)
            for place, at in (await admin.list_consumer_group_offsets(name)).items()
            if place.topic in there
        }
    ends = await _ends(bootstrap, {place for _, place in committed})
    return [
        Lag(name, place.topic, place.partition, at if at >= 0 else None, ends[place])
        for (name, place), at in sorted(committed.items())
    ]


async def topic_sizes(bootstrap: str, topics: Iterable[str]) -> dict[str, tuple[int, int] | None]:
    """Topic → its partitions, and how many messages it holds; None where there is no such topic. `Unavailable`."""
    async with open_admin(bootstrap) as admin:
        there = set(await admin.list_topics())
    sizes: dict[str, tuple[int, int] | None] = dict.fromkeys(topics)
    async with open_onlooker(bootstrap, there & sizes.keys()) as onlooker:
        for name in there & sizes.keys():
            places = [TopicPartition(name, number) for number in onlooker.partitions_for_topic(name)]
            begins, ends = await onlooker.beginning_offsets(places), await onlooker.end_offsets(places)
            sizes[name] = len(places), sum(ends[place] - begins[place] for place in places)
    return sizes


async def _ends(bootstrap: str, places: set[TopicPartition]) -> dict[TopicPartition, int]:
    if not places:
        return {}
    async with open_onlooker(bootstrap, {place.topic for place in places}) as onlooker:
        ends: dict[TopicPartition, int] = await onlooker.end_offsets(sorted(places))
    return ends
