"""Who is who: every replica holds the agencies, brands and channels that console stated."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Self, TypeVar

import structlog

from shared import metrics
from shared.bus.envelope import Received
from shared.bus.reader import GrouplessReader
from shared.events.console.agency_changed import AgencyChanged
from shared.events.console.brand_changed import BrandChanged
from shared.events.console.channel_changed import ChannelChanged
from shared.events.event import Event
from shared.events.topics import DIRECTORY

Entry = AgencyChanged | BrandChanged | ChannelChanged
Listener = Callable[[Entry], None]
E = TypeVar("E", AgencyChanged, BrandChanged, ChannelChanged)
log = structlog.get_logger(__name__)


class Directory:
    """In memory, fed by `console.directory.v1`; what is unknown is None. Entries are never changed in place."""

    def __init__(self) -> None:
        self._agencies: dict[str, AgencyChanged] = {}
        self._brands: dict[str, BrandChanged] = {}
        self._channels: dict[str, ChannelChanged] = {}
        self._accounts: dict[tuple[str, str], set[str]] = {}
        self._listeners: list[Listener] = []
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

    @property
    def is_reading(self) -> bool:
        """False when the reader has ended, which it should not."""
        return self._reading is not None and not self._reading.done()

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

    def on_change(self, listener: Listener) -> None:
        """Call `listener` with each entry from now on that is new or has changed; it must not wait."""
        self._listeners.append(listener)

    def apply(self, key: str, received: Received[Event] | None) -> None:
        """What the reader calls for each message; None erases the key."""
        if received is None:
            self._erase(key)
        elif isinstance(received.event, AgencyChanged | BrandChanged | ChannelChanged):
            self.learn(received.event)

    def learn(self, event: Entry) -> None:
        """Take one statement in: the higher (epoch, seq) wins, and of tokens the higher (generation, renewal)."""
        changed: Entry | None
        if isinstance(event, AgencyChanged):
            changed = _newer(self._agencies, event.agency_id, event)
        elif isinstance(event, BrandChanged):
            changed = _newer(self._brands, event.brand_id, event)
        else:
            changed = self._learn_channel(event)
        if changed is not None:
            self._tell(changed)

    def _learn_channel(self, event: ChannelChanged) -> ChannelChanged | None:
        known = self._channels.get(event.channel_id)
        entry = event if known is None else _with_newest_token(known, event)
        if entry == known:
            return None
        self._forget(known)
        self._channels[event.channel_id] = entry
        self._accounts.setdefault((entry.network, entry.account_id), set()).add(entry.channel_id)
        return entry

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

    def _tell(self, entry: Entry) -> None:
        for kind, known in (("agency", self._agencies), ("brand", self._brands), ("channel", self._channels)):
            metrics.DIRECTORY_ENTRIES.labels(kind).set(len(known))
        for listener in self._listeners:
            try:
                listener(entry)
            except Exception:  # a listener's mistake is not the reader's
                log.exception("directory_listener_failed")

    async def _wait_for(self, reader: GrouplessReader) -> None:
        await reader.caught_up()
        self._caught_up.set()


def _newer(known: dict[str, E], entry_id: str, event: E) -> E | None:
    """`event`, now the known one, or None where it is no news."""
    before = known.get(entry_id)
    if before is not None and (event.epoch, event.seq) <= (before.epoch, before.seq):
        return None
    known[entry_id] = event
    return event


def _with_newest_token(known: ChannelChanged, event: ChannelChanged) -> ChannelChanged:
    entry = event if (event.epoch, event.seq) > (known.epoch, known.seq) else known
    token = max((entry, known, event), key=lambda one: (one.generation, one.renewal))
    if (token.generation, token.renewal) == (entry.generation, entry.renewal):
        return entry
    names: Iterable[str] = ("token_sealed", "generation", "renewal")
    return entry.model_copy(update={name: getattr(token, name) for name in names})
