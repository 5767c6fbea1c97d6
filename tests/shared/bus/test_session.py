"""A membership's reading while partitions move: what a counter has in hand then is looked up and read again, once."""

from types import SimpleNamespace
from typing import Any, cast

from shared.bus.lingering import Lingering
from shared.bus.offsets import Offsets
from shared.bus.session import Session
from shared.bus.turns import Lane, Turns
from shared.events.topics import INTERACTIONS

PLACE = (INTERACTIONS.name, 0)
FIRST, END = 100, 121


class Moving:
    """A member whose first fetch goes on through a rebalance and answers with what it may read afterwards, as
    aiokafka's does."""

    def __init__(self, session: Session, offsets: Offsets) -> None:
        self._session, self._offsets = session, offsets
        self._at, self._moved = FIRST, False

    async def fetch(self, wanted: object) -> list[Any]:
        """All there is from where it reads."""
        if not self._moved:
            self._moved = True
            await self._session._halt()
            self._offsets.assign({PLACE})
            self._session._resume()
        found, self._at = [record(offset) for offset in range(self._at, END)], END
        return found

    async def bounds(self, places: object) -> tuple[dict[Any, int], dict[Any, int]]:
        """Where the log begins and ends."""
        return {PLACE: 0}, {PLACE: END}

    async def cluster(self) -> str:
        """Whose log it is."""
        return "here"

    def seek(self, reached: dict[Any, int]) -> None:
        """Read on from there."""
        self._at = reached[PLACE]


class Taking:
    """Keeps what it is given, and ends it at once."""

    superseded, counted, open = False, True, False
    engines = SimpleNamespace(away="")

    def __init__(self, turns: Turns, offsets: Offsets) -> None:
        self._turns, self._offsets = turns, offsets
        self.taken: list[int] = []

    async def idle(self, seconds: float) -> None:
        """Nothing is ever in work."""

    def pump(self) -> None:
        """All that waits."""
        while self.open and (batch := self._turns.take()):
            self.taken += [message.offset for message in batch]
            for message in batch:
                message.settled = True
                self._offsets.finish(message)
            self._turns.end(batch)


async def test_a_counter_reads_once_what_a_fetch_brought_while_partitions_moved() -> None:
    """The fetch that a rebalance went through is not taken in beside what is read again from where it counted to."""
    offsets, turns = Offsets(), Turns([Lane(INTERACTIONS)])
    taking = Taking(turns, offsets)
    session = Session(
        cast(Any, around()), HANDLERS, offsets, turns, cast(Any, taking), cast(Any, Calm()), Lingering([])
    )
    member = Moving(session, offsets)
    offsets.assign({PLACE})
    session._resume()
    await session._fetch(cast(Any, member))
    await session._fetch(cast(Any, member))
    assert taking.taken == list(range(FIRST, END))
    assert offsets.committable() == {PLACE: END}


HANDLERS = cast(Any, {"a.fact": SimpleNamespace(concerns=lambda message: True)})


class Calm:
    """Nobody is suspected."""

    careful = False

    async def assigned(self, places: object) -> None:
        """Nothing ended badly."""

    def few(self, message: object) -> int:
        """As many as there are."""
        return 0


def around() -> SimpleNamespace:
    """No brake, and counts that stand at the first offset."""

    async def place(cluster: str, begins: object, ends: object) -> dict[Any, int]:
        return {PLACE: FIRST}

    return SimpleNamespace(brake=SimpleNamespace(pulled=set()), progress=SimpleNamespace(place=place), group="counters")


def record(offset: int) -> Any:
    """As aiokafka gives it."""
    headers = (("ce_type", b"a.fact"),)
    more = {"key": b"brand:one", "value": b"{}", "headers": headers, "timestamp": 0, "serialized_value_size": 2}
    return SimpleNamespace(topic=PLACE[0], partition=PLACE[1], offset=offset, **more)
