"""Which offsets may be committed: only those below which everything is finished."""

import time
from collections import deque
from dataclasses import dataclass, field

from shared.bus.message import Message

Place = tuple[str, int]  # topic and partition


@dataclass(slots=True)
class _Partition:
    """`open`: offsets handed out, in order; `finished`: those of them that are done; `end`: the log's end."""

    open: deque[int] = field(default_factory=deque)
    finished: set[int] = field(default_factory=set)
    position: int | None = None
    committed: int | None = None
    start: int | None = None
    end: int | None = None

    def lowest_unfinished(self) -> int | None:
        while self.open and self.open[0] in self.finished:
            self.finished.discard(self.open.popleft())
        return self.open[0] if self.open else self.position


class Offsets:
    """The partitions of one assignment, which has its epoch: what was fetched under an older one is ignored."""

    def __init__(self) -> None:
        self.epoch = 0
        self.moved_at = time.monotonic()
        self._partitions: dict[Place, _Partition] = {}

    def assign(self, places: set[Place]) -> None:
        """A new assignment begins; results of earlier ones no longer count."""
        self.epoch += 1
        self.moved_at = time.monotonic()
        self._partitions = {place: _Partition() for place in places}

    @property
    def places(self) -> list[Place]:
        """What is assigned."""
        return list(self._partitions)

    def unread(self) -> list[Place]:
        """The partitions of which nothing was read yet, nor is known where the group starts."""
        return [place for place, one in self._partitions.items() if one.position is None and one.start is None]

    def begin(self, message: Message) -> None:
        """`message` was fetched. Messages of a partition begin in order."""
        partition = self._partitions[message.place]
        message.epoch = self.epoch
        partition.open.append(message.offset)
        partition.position = message.offset + 1

    def finish(self, message: Message) -> None:
        """`message` needs no more work."""
        if message.epoch == self.epoch:
            self._partitions[message.place].finished.add(message.offset)

    def committable(self) -> dict[Place, int]:
        """The offsets that moved since `committed` was last told."""
        found = {}
        for place, partition in self._partitions.items():
            lowest = partition.lowest_unfinished()
            if lowest is not None and lowest != partition.committed:
                found[place] = lowest
        return found

    def committed(self, offsets: dict[Place, int]) -> None:
        """Kafka has these now."""
        self.moved_at = time.monotonic()
        for place, offset in offsets.items():
            if place in self._partitions:
                self._partitions[place].committed = offset

    def measured(self, ends: dict[Place, int], starts: dict[Place, int]) -> None:
        """Where the logs end, and where the group starts in those that were `unread`."""
        for place, end in ends.items():
            if place in self._partitions:
                self._partitions[place].end = end
        for place, start in starts.items():
            if place in self._partitions:
                self._partitions[place].start = start
        if not any(self.lag().values()):
            self.moved_at = time.monotonic()

    def lag(self) -> dict[Place, int]:
        """Messages between what is finished and the log's end, for the partitions that were measured."""
        return {place: self._behind(partition) for place, partition in self._partitions.items()}

    @staticmethod
    def _behind(partition: _Partition) -> int:
        if partition.end is None:
            return 0
        at = partition.lowest_unfinished()
        if at is None:
            at = partition.start
        return 0 if at is None else max(0, partition.end - at)
