"""Who is next: lanes by their share, in a lane every brand in its turn, of a brand every key in order."""

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

from shared.bus.lingering import Lingers
from shared.bus.message import Message
from shared.events.topics import Topic

BATCH = 500  # messages of one class in one turn
RUN = 100  # consecutive messages of one key in one turn
LANE_MESSAGES = 6_000  # a lane that holds more is not fetched; a quiet brand behind 5,000 is still seen
LANE_BYTES = 8_000_000
ROUNDING = 1e-6

Kind = tuple[str, int]  # the class, and how many go together at most, if few


@dataclass(frozen=True, slots=True)
class Lane:
    """A topic to read. A lane gets at most `share` of the turns while a lane with a larger share has work; one class
    of its messages may wait a moment, as `lingers` says."""

    topic: Topic
    share: float = 1.0
    lingers: Lingers | None = None


class _Waiting:
    """What one lane holds: queues by key, and for each kind a ring of brands whose keys may go."""

    def __init__(self) -> None:
        self.queues: dict[Hashable, deque[Message]] = {}
        self.rings: dict[Kind, dict[str, deque[Hashable]]] = {}
        self.busy: set[Hashable] = set()
        self.count = 0
        self.bytes = 0
        self.credit = 0.0

    def add(self, message: Message) -> None:
        queue = self.queues.setdefault(message.order, deque())
        queue.append(message)
        self.count += 1
        self.bytes += message.size
        if len(queue) == 1 and message.order not in self.busy:
            self._may_go(message)

    def take(self) -> list[Message]:
        """A batch of one kind: brand after brand gives the run of one key, until the batch is full.

        Where the order is the partition's, a batch is of one partition.
        """
        kind = next(iter(self.rings))
        brands = self.rings.pop(kind)
        limit = kind[1] or BATCH
        batch: list[Message] = []
        while brands and len(batch) < limit and not (batch and isinstance(batch[0].order, int)):
            brand = next(iter(brands))
            orders = brands.pop(brand)
            self._run(orders.popleft(), kind, batch, limit)
            if orders:
                brands[brand] = orders  # to the end of the ring
        if brands:
            self.rings[kind] = brands  # other kinds come first next time
        return batch

    def end(self, batch: Sequence[Message]) -> None:
        """The batch is over; what is not settled comes first again, and its keys may go on."""
        for message in reversed(batch):
            if not message.settled:
                self.queues.setdefault(message.order, deque()).appendleft(message)
                self.count += 1
                self.bytes += message.size
        for order in {message.order for message in batch}:
            self.busy.discard(order)
            if order in self.queues:
                self._may_go(self.queues[order][0])

    def clear(self) -> None:
        """Forgets what waits; keys in work stay busy until their batch ends."""
        self.queues.clear()
        self.rings.clear()
        self.count = self.bytes = 0

    def _may_go(self, head: Message) -> None:
        ring = self.rings.setdefault((head.type, head.few), {})
        ring.setdefault(head.brand, deque()).append(head.order)

    def _run(self, order: Hashable, kind: Kind, batch: list[Message], limit: int) -> None:
        queue = self.queues[order]
        most = min(limit, len(batch) + (RUN if isinstance(order, bytes) else BATCH))
        while queue and len(batch) < most and (queue[0].type, queue[0].few) == kind:
            message = queue.popleft()
            batch.append(message)
            self.count -= 1
            self.bytes -= message.size
        self.busy.add(order)
        if not queue:
            del self.queues[order]


class Turns:
    """The messages that wait in this process, and the rule of who goes next."""

    def __init__(self, lanes: Iterable[Lane]) -> None:
        self._shares = {lane.topic.name: lane.share for lane in lanes}
        self._lanes = {topic: _Waiting() for topic in self._shares}

    def add(self, message: Message) -> None:
        """`message` waits for its turn."""
        self._lanes[message.topic].add(message)

    def full(self, topic: str) -> bool:
        """Whether the lane holds enough for now."""
        lane = self._lanes[topic]
        return lane.count >= LANE_MESSAGES or lane.bytes >= LANE_BYTES

    def holds(self, topic: str, order: Hashable) -> bool:
        """Whether something of this order waits or is in work."""
        lane = self._lanes[topic]
        return order in lane.queues or order in lane.busy

    def take(self, closed: Collection[str] = ()) -> list[Message]:
        """The next batch, never from a topic in `closed`; empty where nothing may go."""
        open_lanes = [topic for topic, lane in self._lanes.items() if lane.rings and topic not in closed]
        if not open_lanes:
            return []
        return self._lanes[self._choose(open_lanes)].take()

    def _choose(self, topics: list[str]) -> str:
        """A lane of the widest share, in rotation, except where a narrower one has earned this turn."""
        widest = max(self._shares[topic] for topic in topics)
        narrower = [topic for topic in topics if self._shares[topic] < widest]
        for topic in narrower:
            self._lanes[topic].credit += self._shares[topic]
        for topic in narrower:
            if self._lanes[topic].credit > 1.0 - ROUNDING:
                self._lanes[topic].credit -= 1.0
                return topic
        chosen = next(topic for topic in topics if self._shares[topic] == widest)
        self._lanes[chosen] = self._lanes.pop(chosen)  # behind its equals
        return chosen

    def end(self, batch: Sequence[Message]) -> None:
        """Every batch that was taken ends here, well or not."""
        self._lanes[batch[0].topic].end(batch)

    def clear(self) -> None:
        """Everything that waits is forgotten: it will be fetched again by whoever owns the partitions."""
        for lane in self._lanes.values():
            lane.clear()

    def waiting(self, topic: str) -> int:
        """How many messages of `topic` wait."""
        return self._lanes[topic].count
