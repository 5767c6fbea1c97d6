"""Channels' tokens are renewed before they end, by one publisher at a time; only what is sealed is kept or told."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from services.publisher.domain.renewal import is_pressing, next_look, renew_at
from services.publisher.loops.token_losses import TokenLosses
from services.publisher.settings import Settings
from services.publisher.store.tokens import Token, Tokens
from shared.errors import ParvisError
from shared.events.console.channel_changed import ChannelChanged
from shared.events.publisher.channel_token_ending import ChannelTokenEnding
from shared.events.publisher.channel_token_renewed import ChannelTokenRenewed
from shared.networks.accounts import account_of
from shared.networks.capabilities import Account, TokenLost
from shared.networks.renewing import UNKNOWN_END, AppKeys, FreshToken, NotRenewable, Renewing
from shared.networks.servers import speaks_for
from shared.secrets import seal
from shared.service import Floor

log = structlog.get_logger()
AT_ONCE = 16
Mark = tuple[str, int, int]  # channel, and the generation and renewal that was exchanged
Fresh = tuple[ChannelTokenRenewed, datetime | None]
CALL_SECONDS = 30.0  # well within the claim on a row


@dataclass(slots=True)
class Renewer:
    """What renewing needs. `renew_due` is the loop's work, `save` another's, which needs no lease.

    `unsaved`: renewals that the network made and the database did not take yet. Theirs may be the only refresh token:
    whichever replica has the lease by then would ask with the one that was used up.
    """

    floor: Floor
    settings: Settings
    networks: Mapping[str, Any]
    tokens: Tokens
    losses: TokenLosses
    expected: dict[str, tuple[int, int]] = field(default_factory=dict)
    unsaved: dict[Mark, Fresh] = field(default_factory=dict)

    async def renew_due(self) -> bool:
        """Look at the tokens that are due; whether more may be."""
        channels = {
            one.channel_id: one
            for one in self.floor.directory.channels()
            if one.status == "active" and one.token_sealed and self._app(one) is not None
        }
        tokens = {one.channel_id: (one.generation, one.renewal) for one in channels.values()}
        fresh = [channels[name] for name, token in tokens.items() if self.expected.get(name) != token]
        if fresh:
            await self.tokens.expect(fresh)
        self.expected = tokens
        rows = await self.tokens.claim_due(list(channels), AT_ONCE) if channels else []
        await asyncio.gather(*(self._look_after(row, channels[row["_id"]]) for row in rows))
        return len(rows) == AT_ONCE

    def _app(self, channel: ChannelChanged) -> AppKeys | None:
        """Who we are to a network whose tokens end; None where they do not, where we are nobody, or where the channel's
        address is none of the network's: who connects a channel says it, and our secret is not told to just anybody."""
        client = self.networks.get(channel.network)
        if not isinstance(client, Renewing) or not speaks_for(client, channel.base_url, self.settings.egress_allow):
            return None
        return self.settings.app_keys(channel.network) or (None if client.needs_app else AppKeys("", ""))

    async def _look_after(self, row: Token, channel: ChannelChanged) -> None:
        if (row["generation"], row["renewal"]) > (channel.generation, channel.renewal):
            await self.tokens.state_again(row, self.floor.clock())
            return
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self._look(row, channel, account_of(channel, self.floor.vault))
        except TokenLost as error:
            await self.losses.state(channel, error)
            await self.tokens.failed(row)
        except Exception as error:  # whatever it answers is this channel's own trouble
            log.warning("token_not_renewed", channel_id=channel.channel_id, brand_id=channel.brand_id, why=repr(error))
            await self.tokens.failed(row, float(getattr(error, "after", 0.0)))
            now, ends_at = await self.floor.database.now(), row.get("ends_at")
            if is_pressing(now, row.get("renew_at"), ends_at):
                await self.tokens.ending(row, _ending(channel, ends_at, str(error), now), None)

    async def _look(self, row: Token, channel: ChannelChanged, account: Account) -> None:
        client, app = self.networks[channel.network], self._app(channel)
        now, margin = await self.floor.database.now(), timedelta(seconds=self.settings.renew_before)
        ends_at = await client.token_ends(account, app)
        planned = renew_at(now, ends_at, margin, row.get("renew_at"))
        if planned is None or planned > now:
            await self.tokens.looked(row, ends_at, planned, next_look(now, planned))
            return
        mark = (channel.channel_id, channel.generation, channel.renewal)
        if mark not in self.unsaved:
            try:
                self.unsaved[mark] = self._sealed(channel, await client.renew(account, app), now)
            except NotRenewable as error:
                await self._end(row, channel, ends_at, str(error), now)
                return
        await self._save(mark)

    async def save(self) -> None:
        """Write what the database did not take; asked each second, however long it is away."""
        for mark in list(self.unsaved):
            try:
                await self._save(mark)
            except ParvisError as error:
                log.warning("renewal_not_saved", channel_id=mark[0], why=repr(error))

    async def _save(self, mark: Mark) -> None:
        """Where another renewal was written since, that one is right."""
        fact, ends_at = self.unsaved[mark]
        now, margin = await self.floor.database.now(), timedelta(seconds=self.settings.renew_before)
        planned = renew_at(now, ends_at, margin, None)
        await self.tokens.renewed(fact, ends_at, planned, next_look(now, planned))
        self.unsaved.pop(mark, None)

    def _sealed(self, channel: ChannelChanged, got: FreshToken, now: datetime) -> Fresh:
        fact = ChannelTokenRenewed(
            brand_id=channel.brand_id,
            channel_id=channel.channel_id,
            generation=channel.generation,
            renewal=channel.renewal + 1,
            token_sealed=seal(self.floor.keys.platform_public, got.token),
            at=now,
        )
        return fact, got.ends_at

    async def _end(
        self, row: Token, channel: ChannelChanged, ends_at: datetime | None, why: str, now: datetime
    ) -> None:
        """People are told while it still works; when it has ended it is lost."""
        if ends_at is not None and UNKNOWN_END < ends_at <= now:
            await self.losses.state(channel, TokenLost(why))
            await self.tokens.failed(row)
            return
        known = None if ends_at in (None, UNKNOWN_END) else ends_at
        look = next_look(now, known)
        await self.tokens.ending(row, _ending(channel, known, why, now), look)


def _ending(channel: ChannelChanged, ends_at: datetime | None, why: str, now: datetime) -> ChannelTokenEnding:
    return ChannelTokenEnding(
        brand_id=channel.brand_id,
        channel_id=channel.channel_id,
        generation=channel.generation,
        renewal=channel.renewal,
        ends_at=ends_at,
        why=why,
        at=now,
    )
