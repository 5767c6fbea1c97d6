"""Sends what is due: marked as sending before the first byte leaves, one create call an attempt."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from services.publisher.domain.delivery import is_late, key_of, looks_first, pause, rendition_of, target_of, why_unknown
from services.publisher.domain.gate import STEP_OF, shut_kinds, step_of
from services.publisher.domain.post import state_of
from services.publisher.domain.statements import post_fact
from services.publisher.loops.token_losses import TokenLosses
from services.publisher.settings import Settings
from services.publisher.store.conclusion import Conclusion
from services.publisher.store.deliveries import Deliveries, Delivery
from services.publisher.store.gates import Gates
from shared.bus.envelope import Outgoing
from shared.epochs import Epoch
from shared.errors import Duplicate, EgressRefused, NotSent
from shared.events.console.channel_changed import ChannelChanged
from shared.events.publisher.post_changed import PostChanged
from shared.in_flight import InFlight
from shared.mongo.transactions import Transaction
from shared.networks.accounts import account_of
from shared.networks.capabilities import Account, Gone, Published, Publishing, RateLimited, Refused, TokenLost
from shared.service import Floor
from shared.telemetry import span

log = structlog.get_logger()
A_TURN = 200
UNKNOWN_PAUSE = 5.0
TOKEN_PAUSE = 30.0
SAFETY = 1 / 6  # of the lease


@dataclass(slots=True)
class Sender:
    """What sending needs. `send_due` is the loop's work."""

    floor: Floor
    settings: Settings
    networks: Mapping[str, Any]
    deliveries: Deliveries
    conclusion: Conclusion
    gates: Gates
    calls: InFlight
    losses: TokenLosses

    async def send_due(self) -> bool:
        """Start what is due and has room; whether more may be due that has room too."""
        due = await self._due()
        leaving = await self._leaving(due) if due else []
        room = self.calls.room([(one["network"], one["channel_id"]) for one in leaving])
        chosen = [one for one, fits in zip(leaving, room, strict=True) if fits]
        claimed_at = time.monotonic()
        for delivery in await self.deliveries.claim(chosen, self.floor.new_id(), self.settings.instance):
            self.calls.spawn((delivery["network"], delivery["channel_id"]), self._send(delivery, claimed_at))
        return len(due) == A_TURN and (bool(chosen) or not leaving)

    async def due_in(self) -> float | None:
        """Seconds until the next that has room may leave: whoever makes room wakes the loop."""
        full = self.calls.full()
        return await self.deliveries.due_in(full.networks, full.channels)

    async def _due(self) -> list[Delivery]:
        """What is due, has room and is not held: first reading of the gates, where anything is due at all."""
        full = self.calls.full()
        due = [] if full.all else await self.deliveries.due(A_TURN, full.networks, full.channels)
        held = shut_kinds(await self.gates.shut(*STEP_OF.values())) if due else {}
        if any(one["brand_id"] in held[one["kind"]] for one in due):
            return await self.deliveries.due(A_TURN, full.networks, full.channels, held)
        return due

    async def _leaving(self, due: list[Delivery]) -> list[Delivery]:
        """Those that leave now: of the others some are looked for first, and some are too late."""
        epoch, now = await self.conclusion.epochs.current(), await self.deliveries.now()
        leaving = []
        for delivery in due:
            looks_done = looks_first(delivery, epoch.value, epoch.raised_at, self.settings.looks)
            if looks_done is not None:
                await self._look_first(delivery, epoch, now, looks_done)
            elif self._too_late(delivery, now):
                await self._hold_back(delivery)
            else:
                leaving.append(delivery)
        return leaving

    def _too_late(self, delivery: Delivery, now: datetime) -> bool:
        brand = self.floor.directory.brand(delivery["brand_id"])
        late_after = 30 if brand is None else brand.late_after
        return is_late(delivery["promised_at"], now, late_after)

    async def _look_first(self, delivery: Delivery, epoch: Epoch, now: datetime, looks_done: int) -> None:
        """The store was restored since this was planned: the network is asked before anything leaves."""
        await self.conclusion.write(
            delivery,
            "unknown",
            look_in=0,
            looks=looks_done,
            troubles=0,
            epoch=epoch.value,
            sending_at=delivery["created_at"],
            deadline_at=min(delivery["due_at"], epoch.raised_at or now),
            why="the store was restored; looking whether it went out",
        )

    async def _hold_back(self, delivery: Delivery) -> None:
        """What is too late does not leave by itself: a person sends, moves or drops it."""
        if delivery["kind"] == "reply":
            await self.conclusion.write(delivery, "stranded", why="too late to leave by itself; say what to do")
            return
        epoch, now = (await self.conclusion.epochs.current()).value, self.floor.clock()

        async def work(tx: Transaction) -> None:
            if await self.deliveries.change(delivery, {"state": "late"}, tx=tx) is None:
                return
            posts, brand_id, post_id = self.conclusion.posts, delivery["brand_id"], delivery["post_id"]
            post = await posts.get(brand_id, post_id, tx=tx)
            state = state_of(await posts.deliveries(brand_id, post_id, tx=tx))
            if post["state"] == state:
                return
            post = await posts.change(post, {"state": state}, tx=tx)
            why = "due too long ago to leave by itself"
            event = post_fact(PostChanged, post, person="publisher", at=now, epoch=epoch, why=why)
            tx.emit(Outgoing.first(event, now=now, traceparent=delivery.get("trace")))

        await self.floor.database.transact(work)

    async def _send(self, delivery: Delivery, claimed_at: float) -> None:
        """Until the mark nothing can have left; whatever is amiss here is told as not sent."""
        channel = self.floor.directory.channel(delivery["channel_id"])
        client = self.networks.get(delivery["network"])
        if channel is None:
            why = "not sent: nobody here knows the channel yet"
            await self.conclusion.write(delivery, "scheduled", due_in=UNKNOWN_PAUSE, why=why)
            return
        if channel.status == "disconnected" or not isinstance(client, Publishing):
            await self.conclusion.write(delivery, "rejected", why="the channel is not connected", code="channel")
            return
        try:
            account = account_of(channel, self.floor.vault)
        except TokenLost as error:
            await self._token_lost(delivery, channel, error)
            return
        with span(f"send {delivery['kind']}", parent=delivery.get("trace")):
            await self._mark_and_call(client, account, channel, delivery, claimed_at)

    async def _mark_and_call(
        self, client: Publishing, account: Account, channel: ChannelChanged, delivery: Delivery, claimed_at: float
    ) -> None:
        """Stops before the lease ends: whoever finds it then must be able to trust that nobody is still sending."""
        if not self._has_time(claimed_at):
            return
        sending = await self.deliveries.mark_sending(delivery, _digest(delivery), self.settings.request_timeout)
        if sending is None:
            return
        if await self.gates.is_shut(sending["brand_id"], step_of(sending)):  # also what was claimed before the hold
            await self.conclusion.write(sending, "scheduled", due_in=0, why="not sent: the brand is held")
        elif self._has_time(claimed_at):
            await self._attempt(client, account, channel, sending)
        else:
            await self.conclusion.write(
                sending, "scheduled", due_in=0, why="not sent: held up too long before the call"
            )

    def _has_time(self, claimed_at: float) -> bool:
        left = self.deliveries.lease * (1 - SAFETY) - (time.monotonic() - claimed_at)
        return left > self.settings.request_timeout

    async def _attempt(self, client: Publishing, account: Account, channel: ChannelChanged, sending: Delivery) -> None:
        """One create call, and what became of it."""
        try:
            async with asyncio.timeout(self.settings.request_timeout):
                published = await _call(client, account, sending)
        except Exception as error:  # whatever a client says that is no clear answer leaves the outcome unknown
            await self._ended_badly(channel, sending, error)
        else:
            await self._confirm(sending, published)

    async def _ended_badly(self, channel: ChannelChanged, sending: Delivery, error: Exception) -> None:
        match error:
            case TokenLost():
                await self._token_lost(sending, channel, error)
            case Refused():
                await self.conclusion.write(sending, "rejected", why=error.reason, code=error.code)
            case Gone():
                await self.conclusion.write(sending, "rejected", why=f"its place is no more: {error}", code="gone")
            case RateLimited() | NotSent() | EgressRefused():
                await self._not_sent(sending, error)
            case _:
                log.warning("outcome_unknown", delivery_id=sending["_id"], why=repr(error))
                await self._unknown(sending, why_unknown(error))

    async def _unknown(self, sending: Delivery, why: str) -> None:
        await self.conclusion.write(sending, "unknown", look_in=self.settings.looks[0], looks=0, troubles=0, why=why)

    async def _confirm(self, delivery: Delivery, published: Published) -> None:
        try:
            await self.conclusion.write(
                delivery,
                "confirmed",
                remote_id=published.remote_id,
                url=published.url,
                version=published.version,
                why="",
            )
        except Duplicate:
            await self._named_another(delivery, f"the network named {published.remote_id}, which another delivery has")

    async def _named_another(self, delivery: Delivery, why: str) -> None:
        """Looked for; where that has led back here a person must say, or it would go round for ever."""
        if delivery["attempts"] > 1:
            await self.conclusion.write(delivery, "stranded", why=f"{why}; say what is there")
        else:
            await self._unknown(delivery, why)

    async def _not_sent(self, delivery: Delivery, error: Exception) -> None:
        wait = pause(delivery["not_sent"], float(getattr(error, "after", 0.0)))
        if isinstance(error, RateLimited):
            self.calls.shut((delivery["network"], delivery["channel_id"]), wait)
        await self.conclusion.write(
            delivery, "scheduled", due_in=wait, not_sent=delivery["not_sent"] + 1, why=f"not sent: {error}"
        )

    async def _token_lost(self, delivery: Delivery, channel: ChannelChanged, error: TokenLost) -> None:
        why = f"the network no longer accepts the channel's token ({error}); connect it again"
        await self.conclusion.write(delivery, "scheduled", due_in=TOKEN_PAUSE, why=why)
        await self.losses.state(channel, error)


async def _call(client: Publishing, account: Account, delivery: Delivery) -> Published:
    if delivery["kind"] == "reply":
        return await client.reply(account, target_of(delivery), delivery["rendition"]["text"], key_of(delivery))
    return await client.publish(account, rendition_of(delivery), key_of(delivery))


def _digest(delivery: Delivery) -> str:
    return hashlib.sha256(repr(sorted(delivery["rendition"].items())).encode()).hexdigest()
