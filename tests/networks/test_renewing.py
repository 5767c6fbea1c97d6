"""Tokens of Instagram, LinkedIn and X: exchanged in time, and told apart from those that nobody renews any more."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from parvis.simulator.remote import Row, Simulator
from shared.egress import Egress
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Refused, TokenLost
from shared.networks.grants import Grant
from shared.networks.registry import open_networks
from shared.networks.renewing import UNKNOWN_END, AppKeys, NotRenewable, Renewing
from tests.networks.answers import Answers, answer

OURS = AppKeys("renewing-oauth", "the app's secret")
NETWORKS = ("instagram", "linkedin", "x")
REFRESHED = ("linkedin", "x")


async def seated(simulator: Simulator, network: str, seconds: float = 600) -> tuple[Account, Row]:
    """An account whose token lives so long, as a channel that knows its refresh token."""
    await simulator.app(OURS.app_id, OURS.secret, "v", network="x")
    row = await simulator.account(network, f"Kerlann {uuid4()}", token_seconds=seconds)
    grant = Grant(row["token"], row["refresh"])
    base = simulator.base_url(network)
    return Account(f"ch-{uuid4()}", "br-kerlann", row["id"], base, grant.access, grant=grant), row


def with_grant(account: Account, token: str) -> Account:
    """The channel once the renewal is in the directory."""
    grant = Grant.read(token)
    return replace(account, token=grant.access, grant=grant)


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_token_is_exchanged_before_it_ends(simulator: Simulator, egress: Egress, network: str) -> None:
    """Twice in a row, each time with what came before; the one before works until its own end."""
    client = open_networks(egress)[network]
    account, _ = await seated(simulator, network)
    assert isinstance(open_networks(egress)[network], Renewing)
    for _ in range(2):
        fresh = await client.renew(account, OURS)
        assert fresh.ends_at is not None
        assert fresh.ends_at > datetime.now(UTC) + timedelta(hours=1)
        assert (await client.whoami(account)).external_id == account.account_id
        renewed = with_grant(account, fresh.token)
        assert renewed.token != account.token
        assert (await client.whoami(renewed)).external_id == account.account_id
        ends_at = await client.token_ends(renewed, OURS)
        assert ends_at is not None
        assert abs(ends_at - fresh.ends_at) < timedelta(seconds=5)
        account = renewed


@pytest.mark.parametrize("network", ("instagram", "x"))
async def test_an_end_that_nobody_told_is_not_known(simulator: Simulator, egress: Egress, network: str) -> None:
    """A word alone: it is renewed at once, to learn it. LinkedIn is asked instead."""
    account, _ = await seated(simulator, network)
    assert await open_networks(egress)[network].token_ends(replace(account, grant=None), OURS) == UNKNOWN_END


@pytest.mark.parametrize("network", REFRESHED)
async def test_what_came_without_a_refresh_token_is_not_renewable(
    simulator: Simulator, egress: Egress, network: str
) -> None:
    """Nor what the network does not know: no channel is lost by it, its token works until its end."""
    client = open_networks(egress)[network]
    account, _ = await seated(simulator, network)
    for grant in (None, Grant(account.token, "another")):
        with pytest.raises(NotRenewable):
            await client.renew(replace(account, grant=grant), OURS)
    assert (await client.whoami(account)).external_id == account.account_id


@pytest.mark.parametrize("network", REFRESHED)
async def test_our_own_wrong_secret_says_nothing_of_the_channel(
    simulator: Simulator, egress: Egress, network: str
) -> None:
    """Neither lost nor unrenewable: an operator must look."""
    account, _ = await seated(simulator, network)
    with pytest.raises(Refused):
        await open_networks(egress)[network].renew(account, AppKeys(OURS.app_id, "wrong"))


async def test_a_lost_answer_of_x_is_not_taken_for_a_loss(simulator: Simulator, egress: Egress) -> None:
    """Its refresh token is used up: the next attempt says so, and the access token still works."""
    account, row = await seated(simulator, "x")
    client = open_networks(egress)["x"]
    await simulator.fault("drop_after", row["id"], operation="token", times=1)
    with pytest.raises(OutcomeUnknown):
        await client.renew(account, OURS)
    with pytest.raises(NotRenewable):
        await client.renew(account, OURS)
    assert (await client.whoami(account)).external_id == account.account_id


async def test_linkedin_says_what_has_ended(simulator: Simulator, egress: Egress) -> None:
    """When it is asked about a token."""
    account, _ = await seated(simulator, "linkedin", seconds=0.01)
    await asyncio.sleep(0.02)
    with pytest.raises(TokenLost):
        await open_networks(egress)["linkedin"].token_ends(account, OURS)


async def test_near_the_end_of_its_year_linkedins_refresh_token_gains_nothing() -> None:
    """The access token ends with it: LinkedIn is not even asked."""
    end = datetime.now(UTC) + timedelta(days=10)
    account = Account("ch", "br", "1", "https://api.linkedin.com", "a", grant=Grant("a", "r", end, end))
    with pytest.raises(NotRenewable):
        await open_networks(Answers(answer(500)))["linkedin"].renew(account, OURS)  # type: ignore[arg-type]


async def test_linkedin_is_asked_where_its_tokens_are_given() -> None:
    """Another host than its API's; the secret goes there and nowhere else."""
    given = Answers(answer(200, '{"access_token":"b","expires_in":60}'))
    account = Account("ch", "br", "1", "https://api.linkedin.com", "a", grant=Grant("a", "r"))
    fresh = await open_networks(given)["linkedin"].renew(account, OURS)  # type: ignore[arg-type]
    assert Grant.read(fresh.token).refresh == "r"
    assert [url for _, url, _ in given.asked] == ["https://www.linkedin.com/oauth/v2/accessToken"]
