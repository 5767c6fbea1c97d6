"""Who is who: every replica holds the agencies, brands and channels that console stated."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Self, TypeVar

from shared import metrics
from shared.bus.envelope import Received
from shared.bus.reader import GrouplessReader
from shared.events.console.agency_changed import AgencyChanged
from shared.events.console.brand_changed import BrandChanged
from shared.events.console.channel_changed import ChannelChanged
from shared.events.event import Event
from shared.events.topics import DIRECTORY

Entry = AgencyChanged | BrandChanged | ChannelChanged
E = TypeVar("E", AgencyChanged, BrandChanged, ChannelChanged)


class Directory:
    """In memory, fed by `console.directory.v1`; what is unknown is None. Entries are never changed in place.

    `stated`: the (epoch, seq) of the last statement under each key, which compaction keeps though a higher came before.
    """

    def __init__(self) -> None:
        self._agencies: dict[str, AgencyChanged] = {}
        self._brands: dict[str, BrandChanged] = {}
        self._channels: dict[str, ChannelChanged] = {}
        self._accounts: dict[tuple[str, str], set[str]] = {}
        self.stated: dict[str, tuple[int, int]] = {}
        self._caught_up = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, bootstrap: str) -> AsyncIterator[Self]:
        """Reads in the background from the beginning; the engine may be away meanwhile."""
        directory = cls()
        reader = GrouplessReader(bootstrap, DIRECTORY, directory.apply)
        directory._reading = asyncio.create_task(reader.run())
        waiting = asyncio.create_task(directory._wait_for(reader))
        try:
            yield directory
        finally:
            for task in (directory._reading, waiting):
                task.cancel()
            await asyncio.gather(directory._reading, waiting, return_exceptions=True)

    async def caught_up(self) -> None:
        """Returns when all that the topic held at the start has been read."""
        await self._caught_up.wait()

    @property
    def is_caught_up(self) -> bool:
        """Whether that is so."""
        return self._caught_up.is_set()

    def agency(self, agency_id: str) -> AgencyChanged | None:
        """The agency as it was last stated."""
        return self._agencies.get(agency_id)

    def brand(self, brand_id: str) -> BrandChanged | None:
        """The brand as it was last stated."""
        return self._brands.get(brand_id)

    def channel(self, channel_id: str) -> ChannelChanged | None:
        """The channel as it was last stated, with the newest token."""
        return self._channels.get(channel_id)

    def channel_of(self, network: str, account_id: str) -> ChannelChanged | None:
        """The channel of a network's account; of several the connected one, then the last connected."""
        found = [self._channels[channel_id] for channel_id in self._accounts.get((network, account_id), ())]
        return max(found, key=lambda channel: (channel.status != "disconnected", channel.connected_at), default=None)

    def channels(self, network: str | None = None, brand_id: str | None = None) -> list[ChannelChanged]:
        """All channels, disconnected ones too, or those of a network or a brand."""
        return [
            channel
            for channel in self._channels.values()
            if network in (None, channel.network) and brand_id in (None, channel.brand_id)
        ]

    def brands(self) -> list[BrandChanged]:
        """All brands, inactive ones too."""
        return list(self._brands.values())

    def agencies(self) -> list[AgencyChanged]:
        """All agencies."""
        return list(self._agencies.values())

    def apply(self, key: str, received: Received[Event] | None) -> None:
        """What the reader calls for each message; None erases the key."""
        if received is None:
            self.stated.pop(key, None)
            self._erase(key)
        elif isinstance(received.event, AgencyChanged | BrandChanged | ChannelChanged):
            self.stated[key] = (received.event.epoch, received.event.seq)
            self.learn(received.event)

    def learn(self, event: Entry) -> None:
        """Take one statement in: the higher (epoch, seq) wins, and of tokens the higher (generation, renewal)."""
        if isinstance(event, AgencyChanged):
            _learn(self._agencies, event.agency_id, event)
        elif isinstance(event, BrandChanged):
            _learn(self._brands, event.brand_id, event)
        else:
            self._learn_channel(event)
        for kind, known in (("agency", self._agencies), ("brand", self._brands), ("channel", self._channels)):
            metrics.DIRECTORY_ENTRIES.labels(kind).set(len(known))

    def _learn_channel(self, event: ChannelChanged) -> None:
        known = self._channels.get(event.channel_id)
        entry = event if known is None else _with_newest_token(known, event)
        self._forget(known)
        self._channels[event.channel_id] = entry
        self._accounts.setdefault((entry.network, entry.account_id), set()).add(entry.channel_id)

    def _forget(self, channel: ChannelChanged | None) -> None:
        if channel is not None:
            self._accounts[channel.network, channel.account_id].discard(channel.channel_id)

    def _erase(self, key: str) -> None:
        owner, _, what = key.partition(":")
        kind, _, channel_id = what.partition(":")
        if owner == "agency":
            self._agencies.pop(what, None)
        elif kind == "brand":
            self._brands.pop(owner, None)
        elif kind == "channel":
            self._forget(self._channels.pop(channel_id, None))

    async def _wait_for(self, reader: GrouplessReader) -> None:
        await reader.caught_up()
        self._caught_up.set()


def _learn(known: dict[str, E], entry_id: str, event: E) -> None:
    before = known.get(entry_id)
    if before is None or (event.epoch, event.seq) > (before.epoch, before.seq):
        known[entry_id] = event


def _with_newest_token(known: ChannelChanged, event: ChannelChanged) -> ChannelChanged:
    entry = event if (event.epoch, event.seq) > (known.epoch, known.seq) else known
    token = max((entry, known, event), key=lambda one: (one.generation, one.renewal))
    if (token.generation, token.renewal) == (entry.generation, entry.renewal):
        return entry
    names: Iterable[str] = ("token_sealed", "generation", "renewal")
    return entry.model_copy(update={name: getattr(token, name) for name in names})
