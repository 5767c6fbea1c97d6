"""The directory's topic must end with the newest statement under each key: that is the one which compaction keeps.

Two replicas of console may state one thing in the wrong order, or one state what the other, killed, had not said yet.
Readers keep the higher number; but who starts after the compaction would find the older alone.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from services.console.store.directory import DirectoryStore
from services.console.store.requests import Requests
from services.console.store.statements import erased
from shared.bus.envelope import EncodedMessage, Outgoing
from shared.directory import Directory

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction

Statements = Mapping[str, EncodedMessage | Outgoing]


class Restater:
    """`look` is the loop's work. `read` is the topic as it was read here, `store` what it should say."""

    def __init__(
        self,
        database: "Database",
        read: Directory,
        store: DirectoryStore,
        requests: Requests,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._read = read
        self._store = store
        self._requests = requests
        self._clock = clock
        self._before: dict[str, int] = {}

    async def look(self) -> None:
        """State again what two looks in a row found behind: what was changed a moment ago is on its way."""
        now = self._clock()
        newest = {event.key(): event for event in await self._store.standing()}
        numbers = {key: event.seq for key, event in newest.items()}
        behind = {key: seq for key, seq in numbers.items() if (self._read.stated.get(key, (0, 0))) < (0, seq)}
        behind |= dict.fromkeys(await self._erased(newest), 0)
        lasting = [key for key, seq in behind.items() if self._before.get(key) == seq]
        self._before = behind
        if lasting:
            again = {key: Outgoing.first(newest[key], now=now) if key in newest else erased(key) for key in lasting}
            await self._database.transact(partial(_emit, again))

    async def _erased(self, newest: Collection[str]) -> list[str]:
        """The keys of brands that are in the directory still, or again, though they were erased."""
        keys = [one.key() for one in (*self._read.brands(), *self._read.channels()) if one.key() not in newest]
        erased_brands = await self._requests.erased({_brand(key) for key in keys}) if keys else ()
        return [key for key in keys if _brand(key) in erased_brands and f"{_brand(key)}:brand" not in newest]


def _brand(key: str) -> str:
    return key.partition(":")[0]


async def _emit(again: Statements, tx: "Transaction") -> None:
    for message in again.values():
        tx.emit(message)
