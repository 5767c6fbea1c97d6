"""What waits a moment, because another message that says the same and more usually follows."""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.bus.message import Message
from shared.events.event import Event

MOST_MESSAGES = 6_000  # beyond these the oldest wait no longer
MOST_KNOWN = 50_000


class Known:
    """Ids of facts that came with another message; each is forgotten when its own message comes, or very many later."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def add(self, ids: Iterable[str]) -> None:
        """These are known."""
        self._ids.update(dict.fromkeys(ids))
        while len(self._ids) > MOST_KNOWN:
            del self._ids[next(iter(self._ids))]

    def comes(self, known_id: str) -> bool:
        """Whether it was known; from now on it is not."""
        if known_id not in self._ids:
            return False
        del self._ids[known_id]
        return True


@dataclass(frozen=True, slots=True)
class Lingers:
    """Facts of this class wait until they are `seconds` old; what is `known` then is not handled."""

    event_class: type[Event]
    seconds: float
    known: Known


class Lingering:
    """The messages that wait, the oldest first."""

    def __init__(self, rules: Iterable[Lingers]) -> None:
        self._rules = {rule.event_class.type_name(): rule for rule in rules}
        self._waiting: deque[tuple[float, Message]] = deque()

    def takes(self, message: Message) -> bool:
        """Whether it waits here; one that is old already does not."""
        rule, now = self._rules.get(message.type), time.time()
        ripe_at = min(message.timestamp_ms / 1000, now) + rule.seconds if rule else now
        if ripe_at > now:
            self._waiting.append((ripe_at, message))
        return ripe_at > now

    def ended(self) -> Iterator[tuple[Message, bool]]:
        """Those that need wait no longer, the oldest first, each with whether another message has told it."""
        now = time.time()
        while self._waiting:
            ripe_at, message = self._waiting[0]
            known = self.knows(message)
            if not known and ripe_at > now and len(self._waiting) <= MOST_MESSAGES:
                return
            self._waiting.popleft()
            yield message, known

    def knows(self, message: Message) -> bool:
        """Whether another message has told it. Asked once a message: who is told so passes it over."""
        rule = self._rules.get(message.type)
        return rule is not None and rule.known.comes(message.id)

    def clear(self) -> None:
        """Forgets them: they will be fetched again by whoever owns the partitions."""
        self._waiting.clear()
