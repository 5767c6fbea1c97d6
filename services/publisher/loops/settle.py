"""Finds out what became of deliveries whose outcome is unknown: by looking, never by sending again."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from services.publisher.domain.delivery import after_look, after_trouble, key_of, rendition_of, target_of
from services.publisher.settings import Settings
from services.publisher.store.conclusion import Conclusion
from services.publisher.store.deliveries import Deliveries, Delivery
from shared.errors import Duplicate
from shared.events.console.channel_changed import ChannelChanged
from shared.in_flight import InFlight
from shared.networks.accounts import account_of
from shared.networks.capabilities import Published, RateLimited, Settling
from shared.service import Floor
from shared.telemetry import span

log = structlog.get_logger()
A_TURN = 50
AGAIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Settler:
    """What settling needs. `settle_due` is the loop's work."""

    floor: Floor
    settings: Settings
    networks: Mapping[str, Any]
    deliveries: Deliveries
    conclusion: Conclusion
    calls: InFlight

    async def settle_due(self) -> bool:
        """Take over what dead processes left, and start the looks that are due; whether there may be more."""
        for delivery in await self.deliveries.forsaken():
            await self._take_over(delivery)
        full = self.calls.full()
        due = [] if full.all else await self.deliveries.to_look_for(A_TURN, full.networks, full.channels)
        room = self.calls.room([(one["network"], one["channel_id"]) for one in due])
        chosen = [one for one, fits in zip(due, room, strict=True) if fits]
        for delivery in await self.deliveries.claim_looks(chosen):
            self.calls.spawn((delivery["network"], delivery["channel_id"]), self._look(delivery))
        return len(due) == A_TURN and bool(chosen)

    async def _take_over(self, delivery: Delivery) -> None:
        """Claimed: nothing was sent. Sending: it may have been."""
        if delivery["state"] == "claimed":
            await self.conclusion.write(delivery, "scheduled", fence=delivery["fence"] + 1)
            return
        await self.conclusion.write(
            delivery,
            "unknown",
            look_in=0,
            looks=0,
            troubles=0,
            fence=delivery["fence"] + 1,
            why="the process that was sending it died",
        )

    async def _look(self, delivery: Delivery) -> None:
        channel = self.floor.directory.channel(delivery["channel_id"])
        client = self.networks.get(delivery["network"])
        if channel is None or not isinstance(client, Settling):
            await self.conclusion.write(delivery, "stranded", why="the network cannot be searched; say what is there")
            return
        epoch, asked_at = (await self.conclusion.epochs.current()).value, await self.deliveries.now()
        try:
            async with asyncio.timeout(self.deliveries.lease * 0.75):
                with span(f"look for {delivery['kind']}", parent=delivery.get("trace")):
                    found = await self._find(client, channel, delivery)
        except Exception as error:  # no answer of whatever kind proves nothing
            await self._trouble(delivery, error)
        else:
            bound = self.settings.commit_bound
            await self._decide(delivery, found, client.commit_bound if bound is None else bound, epoch, asked_at)

    async def _find(self, client: Settling, channel: ChannelChanged, delivery: Delivery) -> Sequence[Published]:
        account, key = account_of(channel, self.floor.vault), key_of(delivery)
        since = delivery["sending_at"] - timedelta(minutes=1)
        if delivery["kind"] == "reply":
            text = delivery["rendition"]["text"]
            return await client.find_reply(account, target_of(delivery), text, key, since)
        return await client.find_post(account, rendition_of(delivery), key, since)

    async def _trouble(self, delivery: Delivery, error: Exception) -> None:
        """Asked again, later and later; in the end a person says."""
        log.warning("look_failed", delivery_id=delivery["_id"], why=repr(error))
        troubles = delivery.get("troubles", 0) + 1
        again_in = after_trouble(troubles - 1, float(getattr(error, "after", 0.0)))
        if isinstance(error, RateLimited):
            self.calls.shut((delivery["network"], delivery["channel_id"]), error.after)
        if again_in is None:
            why = f"the network could not be asked {troubles} times; say what is there"
            await self.conclusion.write(delivery, "stranded", why=why)
        else:
            await self.deliveries.change(delivery, {"troubles": troubles}, look_in=again_in)

    async def _decide(
        self, delivery: Delivery, found: Sequence[Published], bound: float, epoch: int, asked_at: datetime
    ) -> None:
        """`epoch` is the store's when the look began: what was proved absent in it needs no look again. So is
        `asked_at`: what the network carried out while it was answering, the answer need not show."""
        taken = await self.deliveries.adopted(delivery["channel_id"], [one.remote_id for one in found])
        settled = after_look(
            [one for one in found if one.remote_id not in taken],
            delivery["looks"],
            self.settings.looks,
            asked_at,
            delivery["deadline_at"] + timedelta(seconds=bound),
        )
        write = self.conclusion.write
        match settled.state:
            case "confirmed" if settled.published is not None:
                await self._adopt(delivery, settled.published)
            case "absent":
                why = "proved absent: the network does not have it"
                await write(delivery, "scheduled", due_in=0, epoch=epoch, why=why)
            case "stranded":
                await write(delivery, "stranded", why=settled.why)
            case _:
                change = {"looks": delivery["looks"] + 1, "troubles": 0}
                await self.deliveries.change(delivery, change, look_in=settled.again_in)

    async def _adopt(self, delivery: Delivery, published: Published) -> None:
        try:
            await self.conclusion.write(
                delivery,
                "confirmed",
                remote_id=published.remote_id,
                url=published.url,
                version=published.version,
                why="found on the network",
            )
        except Duplicate:
            await self.deliveries.change(delivery, {}, look_in=AGAIN_SECONDS)
