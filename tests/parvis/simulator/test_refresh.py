"""What a simulated network gives beside an access token."""

from contextlib import closing

from parvis.simulator.journal import Journal
from parvis.simulator.oauth_tokens import exchanged
from parvis.simulator.records import Account
from parvis.simulator.world import YEAR, World


def test_linkedins_refresh_token_ends_when_it_would_have_ended() -> None:
    """Another access token makes it live no longer."""
    now = [1_000_000.0]
    with closing(Journal()) as journal:
        world = World(journal, lambda: now[0])
        account = Account("1", "linkedin", "Kerlann", "kerlann", "token")
        world.add_account(account)
        now[0] += YEAR / 2
        exchanged(world, account, 60.0)
    assert account.refresh_ends_at == 1_000_000.0 + YEAR
