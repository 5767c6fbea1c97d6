"""Channels' tokens are renewed before they end, by one publisher at a time; only what is sealed is kept or told."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog

from services.publisher.domain.renewal import next_look, renew_at
from services.publisher.loops.token_losses import TokenLosses
from services.publisher.settings import Settings
from services.publisher.store.tokens import Token, Tokens
from shared.events.console.channel_changed import ChannelChanged
from shared.events.publisher.channel_token_renewed import ChannelTokenRenewed
from shared.networks.accounts import account_of
from shared.networks.capabilities import Account, TokenLost
from shared.networks.renewing import AppKeys, Renewing
from shared.secrets import seal
from shared.service import Floor

log = structlog.get_logger()
AT_ONCE = 16
CALL_SECONDS = 30.0  # well within the claim on a row


@dataclass(slots=True)
class Renewer:
    """What renewing needs. `renew_due` is the loop's work."""

    floor: Floor
    settings: Settings
    networks: Mapping[str, Any]
    tokens: Tokens
    losses: TokenLosses
    expected: dict[str, tuple[int, int]] = field(default_factory=dict)

    async def renew_due(self) -> bool:
        """Look at the tokens that are due; whether more may be."""
        channels = {
            one.channel_id: one
            for one in self.floor.directory.channels()
            if one.status == "active" and one.token_sealed and self._app(one.network) is not None
        }
        tokens = {one.channel_id: (one.generation, one.renewal) for one in channels.values()}
        fresh = [channels[name] for name, token in tokens.items() if self.expected.get(name) != token]
        if fresh:
            await self.tokens.expect(fresh)
        self.expected = tokens
        rows = await self.tokens.claim_due(list(channels), AT_ONCE) if channels else []
        await asyncio.gather(*(self._look_after(row, channels[row["_id"]]) for row in rows))
        return len(rows) == AT_ONCE

    def _app(self, network: str) -> AppKeys | None:
        return self.settings.app_keys(network) if isinstance(self.networks.get(network), Renewing) else None

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

    async def _look(self, row: Token, channel: ChannelChanged, account: Account) -> None:
        client, app = self.networks[channel.network], self._app(channel.network)
        now, margin = await self.floor.database.now(), timedelta(seconds=self.settings.renew_before)
        ends_at = await client.token_ends(account, app)
        planned = renew_at(now, ends_at, margin, row.get("renew_at"))
        if planned is None or planned > now:
            await self.tokens.looked(row, ends_at, planned, next_look(now, planned))
            return
        got = await client.renew(account, app)
        planned = renew_at(now, got.ends_at, margin, None)
        fact = ChannelTokenRenewed(
            brand_id=channel.brand_id,
            channel_id=channel.channel_id,
            generation=channel.generation,
            renewal=channel.renewal + 1,
            token_sealed=seal(self.floor.keys.platform_public, got.token),
            at=now,
        )
        await self.tokens.renewed(row, fact, got.ends_at, planned, next_look(now, planned))
