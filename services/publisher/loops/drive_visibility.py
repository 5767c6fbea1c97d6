"""Drives the networks to what is wanted of interactions: the newest wish, one worker at a time.

Hiding, showing and deleting create nothing, so an unknown outcome is simply asked again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from services.publisher.domain import statements
from services.publisher.domain.delivery import pause, why_unknown
from services.publisher.domain.gate import MODERATION
from services.publisher.loops.token_losses import TokenLosses
from services.publisher.settings import Settings
from services.publisher.store.endings import Endings
from services.publisher.store.gates import Gates
from services.publisher.store.wishes import Wish, Wishes
from shared.errors import EgressRefused, NotSent
from shared.in_flight import InFlight, Line
from shared.networks.accounts import account_of
from shared.networks.capabilities import (
    Account,
    Gone,
    Moderating,
    RateLimited,
    Refused,
    Target,
    TokenLost,
    VisibilityResult,
)
from shared.service import Floor
from shared.telemetry import span

Change = Callable[[Account, Target], Awaitable[VisibilityResult]]
log = structlog.get_logger()
A_TURN = 200
TOKEN_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Driver:
    """What driving needs. `drive_due` is the loop's work."""

    floor: Floor
    settings: Settings
    networks: Mapping[str, Any]
    wishes: Wishes
    endings: Endings
    gates: Gates
    calls: InFlight
    losses: TokenLosses

    async def drive_due(self) -> bool:
        """Start the work that is due and has room; whether more may be due that has room too."""
        due = await self._due()
        room = self.calls.room([_line(one) for one in due])
        chosen = [one for one, fits in zip(due, room, strict=True) if fits]
        if chosen:
            for wish in await self.wishes.claim(chosen, self.floor.new_id(), self.settings.instance):
                self.calls.spawn(_line(wish), self._drive(wish))
        return len(due) == A_TURN and bool(chosen)

    async def _due(self) -> list[Wish]:
        """What is due, has room and is not held: a hold leaves moderation alone unless it says "moderation too"."""
        full = self.calls.full()
        due = [] if full.all else await self.wishes.due(A_TURN, full.networks, full.channels)
        held = (await self.gates.shut(MODERATION))[MODERATION] if due else []
        if any(one["brand_id"] in held for one in due):
            return await self.wishes.due(A_TURN, full.networks, full.channels, held)
        return due

    async def _drive(self, wish: Wish) -> None:
        place, wanted = wish["place"], wish["wanted"]
        channel = self.floor.directory.channel(place["channel_id"])
        client = self.networks.get(place["network"])
        if channel is None or channel.status == "disconnected":
            await self._failed(wish, "the channel is not connected", "channel")
            return
        if not isinstance(client, Moderating) or wanted not in client.actions:
            await self._failed(wish, f"{place['network']} offers no way to {wanted} this", "unsupported")
            return
        if await self.gates.is_shut(wish["brand_id"], MODERATION):
            await self.wishes.later(wish, 0.0, "not sent: the brand is held, moderation too")
            return
        try:
            with span(wanted, parent=wish["trace"]):
                async with asyncio.timeout(self.settings.request_timeout):
                    change: Change = getattr(client, wanted)
                    result = await change(account_of(channel, self.floor.vault), _target(place))
        except Exception as error:  # whatever a client says that is no clear answer leaves the outcome unknown
            if isinstance(error, TokenLost):
                await self.losses.state(channel, error)
            await self._ended_badly(wish, error)
        else:
            await self._taken(wish, result)

    async def _ended_badly(self, wish: Wish, error: Exception) -> None:
        match error:
            case Gone():
                await self._taken(wish, "gone")
            case Refused():
                await self._failed(wish, error.reason, error.code)
            case TokenLost():
                await self._unsettled(wish, f"the channel's token is no longer accepted: {error}", TOKEN_PAUSE)
            case RateLimited() | NotSent() | EgressRefused():
                after = pause(wish["attempts"], float(getattr(error, "after", 0.0)))
                if isinstance(error, RateLimited):
                    self.calls.shut(_line(wish), after)
                await self.wishes.later(wish, after, f"not sent: {error}")
            case _:
                log.warning("outcome_unknown", interaction_id=wish["_id"], why=repr(error))
                await self._unsettled(wish, why_unknown(error), pause(wish["attempts"], 0.0))

    async def _taken(self, wish: Wish, result: str) -> None:
        state = "gone" if result == "gone" else "done"
        await self.endings.write(wish, state, lambda after, told: statements.wish_taken(after, result, **told))

    async def _failed(self, wish: Wish, why: str, code: str) -> None:
        await self.endings.write(
            wish, "failed", lambda after, told: statements.wish_failed(after, why, code, **told), why=why
        )

    async def _unsettled(self, wish: Wish, why: str, after: float) -> None:
        """Told once; then asked again, later and later."""
        if wish["attempts"] == 1:
            await self.endings.write(
                wish, "wanted", lambda after, told: statements.wish_unsettled(after, why, **told), why=why
            )
        await self.wishes.later(wish, after, why)


def _line(wish: Wish) -> Line:
    return wish["place"]["network"], wish["place"]["channel_id"]


def _target(place: Mapping[str, Any]) -> Target:
    return Target(place["external_id"], place["thread_external_id"], extra=place.get("extra", {}))
