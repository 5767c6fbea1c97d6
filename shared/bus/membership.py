"""One membership in a consumer group: the client, its assignments, what it may commit."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaError

from shared.bus.address import connection
from shared.bus.admin import open_admin
from shared.bus.offsets import Offsets, Place

COMMIT_SECONDS = 5.0
FETCH_MS, FETCH_RECORDS = 250, 2_000

log = structlog.get_logger(__name__)


class Membership(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """A static member: killed and started again under the same name it keeps its partitions, and nobody waits.

    `before_revoke` is awaited before partitions are given away, `after_assign` called when they have come.
    """

    def __init__(
        self,
        bootstrap: str,
        group: str,
        instance: str,
        offsets: Offsets,
        before_revoke: Callable[[], Any],
        after_assign: Callable[[], None],
    ) -> None:
        self._bootstrap = bootstrap
        self._offsets = offsets
        self._before_revoke = before_revoke
        self._after_assign = after_assign
        self._client = AIOKafkaConsumer(
            **connection(bootstrap),
            group_id=group,
            group_instance_id=f"{group}-{instance}",
            session_timeout_ms=15_000,
            heartbeat_interval_ms=3_000,
            rebalance_timeout_ms=60_000,  # how long others wait for a member that is finishing its work
            max_poll_interval_ms=86_400_000,  # a pause is no failure: liveness is judged by progress
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_bytes=4_000_000,
            max_partition_fetch_bytes=1_000_000,
            request_timeout_ms=20_000,
            retry_backoff_ms=250,
            partition_assignment_strategy=(RangePartitionAssignor,),  # a part of every topic, the same of all
        )

    async def start(self, topics: Sequence[str]) -> None:
        """Joins the group. Raises `KafkaError`."""
        self._client.subscribe(topics, listener=self)
        await self._client.start()

    async def stop(self) -> None:
        """Closes the client. A static member does not leave: its successor takes its place."""
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._client.stop()
        except (KafkaError, TimeoutError) as error:
            log.warning("consumer closed hard", error=repr(error))

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Called within a rebalance, which waits for it."""
        await self._before_revoke()
        await self.commit()
        self._offsets.assign(set())

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Called at the end of a rebalance."""
        self._offsets.assign({(place.topic, place.partition) for place in assigned})
        self._after_assign()

    async def fetch(self, places: Sequence[Place]) -> list[Any]:
        """Records of these partitions, each partition's in order; waits a moment for some. Raises `KafkaError`."""
        wanted = [TopicPartition(*place) for place in places]
        fetched = await self._client.getmany(*wanted, timeout_ms=FETCH_MS, max_records=FETCH_RECORDS)
        return [record for records in fetched.values() for record in records]

    async def commit(self) -> bool:
        """Commits what is finished without a gap, never more; whether something moved. The next one makes good."""
        offsets, epoch = self._offsets.committable(), self._offsets.epoch
        if not offsets:
            return False
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._client.commit({TopicPartition(*place): at for place, at in offsets.items()})
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            log.warning("not committed", error=repr(error))
            return False
        if epoch == self._offsets.epoch:
            self._offsets.committed(offsets)
        return True

    def seek(self, offsets: dict[Place, int]) -> None:
        """Reads on from these offsets."""
        for place, offset in offsets.items():
            self._client.seek(TopicPartition(*place), offset)

    async def bounds(self, places: Sequence[Place]) -> tuple[dict[Place, int], dict[Place, int]]:
        """Where the logs begin and end now. Raises `KafkaError` or `TimeoutError`."""
        wanted = [TopicPartition(*place) for place in places]
        async with asyncio.timeout(COMMIT_SECONDS):
            begins = await self._client.beginning_offsets(wanted)
            ends = await self._client.end_offsets(wanted)
        return _plain(begins), _plain(ends)

    async def measure(self) -> None:
        """Brings the known lag up to date. Raises `KafkaError` or `TimeoutError`."""
        begins, ends = await self.bounds(self._offsets.places)
        starts = {}
        async with asyncio.timeout(COMMIT_SECONDS):
            for place in self._offsets.unread():
                committed = await self._client.committed(TopicPartition(*place))
                starts[place] = begins.get(place, 0) if committed is None else committed
        self._offsets.measured(ends, starts)

    async def cluster(self) -> str:
        """The id of the Kafka cluster. Raises `Unavailable`."""
        async with open_admin(self._bootstrap) as admin:
            return str((await admin.describe_cluster())["cluster_id"])


def _plain(offsets: dict[TopicPartition, int]) -> dict[Place, int]:
    return {(place.topic, place.partition): offset for place, offset in offsets.items()}
