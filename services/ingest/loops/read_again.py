"""Asks the network for single objects whose state is unclear; only its 404 or 410 states a deletion."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from services.ingest.domain import receipt
from services.ingest.store.rereads import Reread, Rereads
from shared.bus.envelope import Outgoing
from shared.events.console.channel_changed import ChannelChanged
from shared.in_flight import InFlight
from shared.networks.accounts import account_of
from shared.networks.capabilities import Gone, Polling, RateLimited, RawChange
from shared.service import Floor
from shared.telemetry import span

log = structlog.get_logger()
MOST_ATTEMPTS = 16
A_TURN = 50
READ_SECONDS = 20.0  # under the shortest claim


@dataclass(frozen=True, slots=True)
class Rereader:
    """What reading again needs. `read_due` is the loop's work."""

    floor: Floor
    networks: Mapping[str, Any]
    rereads: Rereads
    calls: InFlight

    async def read_due(self) -> bool:
        """Start the readings that are due and have room; whether more may be due that have room too."""
        full = self.calls.full()
        due = [] if full.all else await self.rereads.due(A_TURN, full.networks, full.channels)
        room = self.calls.room([(one.network, one.channel_id) for one in due])
        chosen = [one for one, fits in zip(due, room, strict=True) if fits]
        for one in chosen:
            claimed = await self.rereads.claim(one)
            if claimed is not None:
                self.calls.spawn((claimed.network, claimed.channel_id), self._read(claimed))
        return len(due) == A_TURN and bool(chosen)

    async def _read(self, reread: Reread) -> None:
        channel = self.floor.directory.channel(reread.channel_id)
        network = self.networks.get(reread.network)
        if channel is None or channel.status != "active" or not isinstance(network, Polling):
            await self.rereads.forget(reread)
            return
        try:
            with span("read again"):
                async with asyncio.timeout(READ_SECONDS):
                    account = account_of(channel, self.floor.vault)
                    change = await network.read(account, reread.external_id, reread.extra)
        except Gone:
            change = RawChange(channel.network, channel.account_id, reread.external_id, receipt.GONE, b"{}")
        except Exception as error:  # whatever else it answers says nothing about the object
            await self._later(reread, error)
            return
        await self._state(channel, change)
        await self.rereads.done(reread)

    async def _later(self, reread: Reread, error: Exception) -> None:
        """Its claim runs out by itself."""
        log.warning("read_again_failed", interaction_id=reread.interaction_id, why=repr(error))
        if isinstance(error, RateLimited):
            self.calls.shut((reread.network, reread.channel_id), error.after)
        if reread.attempts >= MOST_ATTEMPTS:
            await self.rereads.forget(reread)

    async def _state(self, channel: ChannelChanged, change: RawChange) -> None:
        slip = receipt.Receipt(self.floor.new_id(), "read", self.floor.clock())
        events = receipt.events(slip, [change], lambda _: channel, lambda *_: "main")
        await self.floor.producer.send([Outgoing.first(event, now=slip.at) for event in events])
