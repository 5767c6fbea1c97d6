"""Tokens that end: seen, exchanged in time, and refused when it is too late."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from parvis.simulator.remote import Simulator
from shared.egress import Egress
from shared.networks.capabilities import Account, Refused, TokenLost
from shared.networks.facebook.client import Facebook
from shared.networks.renewing import AppKeys, Renewing

OURS = AppKeys("renewing", "the app's secret")


async def page(simulator: Simulator, seconds: float = 0.0) -> Account:
    """A page whose token lives so long."""
    await simulator.app(OURS.app_id, OURS.secret, "v")
    row = await simulator.account("facebook", f"Kerlann {uuid4()}", token_seconds=seconds)
    return Account(f"ch-{uuid4()}", "br-kerlann", row["id"], simulator.base_url("facebook"), row["token"])


async def test_a_token_is_exchanged_before_it_ends(simulator: Simulator, egress: Egress) -> None:
    """Graph says when; the new one is good for weeks, and the old one until its own end."""
    client, account = Facebook(egress), await page(simulator, seconds=600)
    assert isinstance(client, Renewing)
    ends_at, now = await client.token_ends(account, OURS), datetime.now(UTC)
    assert ends_at is not None
    assert now < ends_at <= now + timedelta(seconds=600)
    fresh = await client.renew(account, OURS)
    assert fresh.ends_at is not None
    assert fresh.ends_at > now + timedelta(days=50)
    for token in (fresh.token, account.token):
        assert (await client.whoami(replace(account, token=token))).external_id == account.account_id
    assert fresh.token not in repr(fresh)
    assert OURS.secret not in repr(OURS)


async def test_a_token_that_does_not_end_says_so(simulator: Simulator, egress: Egress) -> None:
    """`expires_at` is 0."""
    assert await Facebook(egress).token_ends(await page(simulator), OURS) is None


async def test_what_has_ended_is_lost(simulator: Simulator, egress: Egress) -> None:
    """Neither looked at as good nor exchanged."""
    client, account = Facebook(egress), await page(simulator, seconds=0.01)
    await asyncio.sleep(0.02)
    for act in (client.token_ends, client.renew, lambda account, app: client.whoami(account)):
        with pytest.raises(TokenLost):
            await act(account, OURS)


async def test_a_wrong_app_loses_no_channel(simulator: Simulator, egress: Egress) -> None:
    """Our own secret is refused: that says nothing of the channel's token."""
    client, account = Facebook(egress), await page(simulator, seconds=600)
    with pytest.raises(Refused):
        await client.token_ends(account, replace(OURS, secret="another"))
