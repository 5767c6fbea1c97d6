"""Tokens are renewed before they end: once, sealed, and lost only when the network says so."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.publisher.domain.renewal import is_pressing, next_look, renew_at
from services.publisher.loops.renew_tokens import Renewer
from services.publisher.loops.token_losses import TokenLosses
from services.publisher.settings import Settings
from services.publisher.store.tokens import Tokens
from shared.errors import Unavailable
from shared.events.console.channel_changed import ChannelChanged
from shared.events.publisher.channel_token_renewed import ChannelTokenRenewed
from shared.networks.capabilities import Account, RateLimited, TokenLost
from shared.networks.renewing import AppKeys, FreshToken, NotRenewable
from shared.secrets import seal
from tests.services.publisher.conftest import Publisher

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass
class Issuer:
    """A network whose tokens end after `life`; an exchange takes a moment."""

    life: timedelta
    error: Exception | None = None
    refusal: Exception | None = None
    needs_app: bool = True
    exchanged: list[str] = field(default_factory=list)

    async def token_ends(self, account: Account, app: AppKeys) -> datetime:
        if self.error:
            raise self.error
        return datetime.now(UTC) + self.life

    async def renew(self, account: Account, app: AppKeys) -> FreshToken:
        self.exchanged.append(account.token)
        await asyncio.sleep(0.1)
        if self.refusal:
            raise self.refusal
        return FreshToken("the next one", datetime.now(UTC) + timedelta(days=60))


class Keyed(Settings):
    """An app is set for the network of these stories."""

    def app_keys(self, network: str) -> AppKeys:
        return AppKeys("app", "secret")


def renewer(publisher: Publisher, issuer: Issuer) -> Renewer:
    """One process' renewer."""
    floor, settings = publisher.floor, Keyed(**publisher.sender.settings.model_dump())
    return Renewer(floor, settings, {"issuer": issuer}, Tokens(floor.database), TokenLosses(floor))


def channel(publisher: Publisher) -> ChannelChanged:
    """A connected channel whose token is `the first one`."""
    sealed = seal(publisher.floor.keys.platform_public, "the first one")
    return publisher.connect("issuer", token_sealed=sealed)


async def rows(publisher: Publisher) -> list[dict[str, Any]]:
    """What is kept of tokens."""
    return await publisher.floor.database.system("tokens").find({})


async def make_due(publisher: Publisher) -> None:
    """As if the time had come."""
    past = [{"$set": {"next_at": "$$NOW", "renew_at": {"$cond": [{"$ne": ["$renew_at", None]}, "$$NOW", None]}}}]
    await publisher.floor.database.system("tokens").update_many({}, past)


async def test_two_publishers_renew_once(publisher: Publisher) -> None:
    """Both see that it is due; one exchanges it, and the fact leaves with the sealed token's row."""
    issuer, known = Issuer(timedelta(hours=1)), channel(publisher)
    first, second = renewer(publisher, issuer), renewer(publisher, issuer)
    await first.renew_due()
    assert issuer.exchanged == []
    await make_due(publisher)
    await asyncio.gather(first.renew_due(), second.renew_due())
    assert issuer.exchanged == ["the first one"]
    assert publisher.told == ["ChannelTokenRenewed"]
    (row,) = await rows(publisher)
    assert (row["generation"], row["renewal"]) == (known.generation, known.renewal + 1)
    assert publisher.floor.vault.open(row["token_sealed"]) == "the next one"
    assert "the next one" not in str(row)


async def test_who_we_are_is_told_to_no_server_but_the_network_s(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever connects a channel says its address: our secret does not go there unless the network's own server is."""
    issuer = Issuer(timedelta(hours=-1))
    channel(publisher)
    with monkeypatch.context() as strict:
        strict.setattr(issuer, "servers", frozenset({"api.issuer.example"}), raising=False)
        await renewer(publisher, issuer).renew_due()
        assert (issuer.exchanged, await rows(publisher)) == ([], [])
    await renewer(publisher, issuer).renew_due()
    assert issuer.exchanged == ["the first one"]


async def test_until_the_directory_has_it_the_renewal_is_only_stated_again(publisher: Publisher) -> None:
    """Whoever took it in late, or was restored, gets it; the old token is exchanged no second time."""
    issuer = Issuer(timedelta(hours=1))
    channel(publisher)
    one = renewer(publisher, issuer)
    await one.renew_due()
    for _ in range(2):
        await make_due(publisher)
        await one.renew_due()
    assert (len(issuer.exchanged), publisher.told) == (1, ["ChannelTokenRenewed"] * 2)


async def test_a_token_connected_anew_is_looked_at_anew(publisher: Publisher) -> None:
    """A higher generation begins with renewal 0; the plan for the token before it is forgotten."""
    issuer, known = Issuer(timedelta(hours=1)), channel(publisher)
    one = renewer(publisher, issuer)
    await one.renew_due()
    await make_due(publisher)
    await one.renew_due()
    publisher.floor.directory.learn(known.model_copy(update={"generation": 2, "renewal": 0, "seq": 2}))
    await one.renew_due()
    (row,) = await rows(publisher)
    assert (row["generation"], row["renewal"]) == (2, 0)
    assert row["renew_at"] > NOW
    assert len(issuer.exchanged) == 1


@pytest.mark.parametrize(("error", "stated"), [(TokenLost("expired"), 1), (RateLimited(5.0), 0), (KeyError("data"), 0)])
async def test_only_a_clear_refusal_loses_the_token(publisher: Publisher, error: Exception, stated: int) -> None:
    """Everything else is asked again later."""
    channel(publisher)
    one = renewer(publisher, Issuer(timedelta(hours=1), error))
    await one.renew_due()
    assert len(one.losses.stated) == stated
    (row,) = await rows(publisher)
    assert row["failures"] == 1


async def test_people_are_told_once_that_a_token_ends_for_good(publisher: Publisher) -> None:
    """While it works; anew for the token that is connected next; and that it is lost when it has ended."""
    issuer, known = Issuer(timedelta(hours=1), refusal=NotRenewable("its year is over")), channel(publisher)
    one = renewer(publisher, issuer)
    await one.renew_due()
    for _ in range(2):
        await make_due(publisher)
        await one.renew_due()
    assert (len(issuer.exchanged), publisher.told) == (2, ["ChannelTokenEnding"])
    publisher.floor.directory.learn(known.model_copy(update={"generation": 2, "renewal": 0, "seq": 2}))
    for _ in range(2):
        await one.renew_due()
        await make_due(publisher)
    assert publisher.told == ["ChannelTokenEnding"] * 2
    issuer.life = timedelta(seconds=-1)
    await one.renew_due()
    assert (publisher.told, len(one.losses.stated)) == (["ChannelTokenEnding"] * 2, 1)


async def test_people_are_told_where_renewing_keeps_failing(publisher: Publisher) -> None:
    """From half of the time that is left for it, whatever the network's trouble is; once."""
    channel(publisher)
    issuer = Issuer(timedelta(seconds=60), refusal=RateLimited(0.0))
    one = renewer(publisher, issuer)
    await one.renew_due()
    await make_due(publisher)
    await one.renew_due()
    assert publisher.told == []
    ago = {"$set": {"ends_at": {"$dateAdd": {"startDate": "$$NOW", "unit": "second", "amount": 1}}, "next_at": "$$NOW"}}
    ago["$set"]["renew_at"] = {"$dateSubtract": {"startDate": "$$NOW", "unit": "minute", "amount": 1}}
    for _ in range(2):
        await publisher.floor.database.system("tokens").update_many({}, [ago])
        await one.renew_due()
    assert publisher.told == ["ChannelTokenEnding"]


async def test_a_renewal_that_the_database_did_not_take_is_not_asked_for_again(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network gives its only refresh token once: what it gave is kept until it is written."""
    channel(publisher)
    issuer = Issuer(timedelta(hours=1))
    one = renewer(publisher, issuer)
    await one.renew_due()
    await make_due(publisher)
    with monkeypatch.context() as away:
        away.setattr(publisher.floor.database, "transact", _away)
        await one.renew_due()
    assert publisher.told == []
    await make_due(publisher)
    await one.renew_due()
    assert (len(issuer.exchanged), publisher.told) == (1, ["ChannelTokenRenewed"])


async def test_a_renewal_is_written_by_whoever_made_it(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the database was away another replica has got the lease: it finds the new token, and asks for none."""
    channel(publisher)
    issuer = Issuer(timedelta(hours=1))
    one, other = renewer(publisher, issuer), renewer(publisher, issuer)
    await one.renew_due()
    await make_due(publisher)
    with monkeypatch.context() as away:
        away.setattr(publisher.floor.database, "transact", _away)
        await one.renew_due()
        await one.save()
    await one.save()
    await make_due(publisher)
    await other.renew_due()
    assert issuer.exchanged == ["the first one"]
    (row,) = await rows(publisher)
    assert publisher.floor.vault.open(row["token_sealed"]) == "the next one"


async def _away(work: Any) -> None:
    raise Unavailable("mongo")


async def test_a_renewal_that_comes_late_is_still_the_one(publisher: Publisher) -> None:
    """Whoever took the row over meanwhile may have found the refresh token used up: the renewal is not dropped."""
    channel(publisher)
    one = renewer(publisher, Issuer(timedelta(hours=1)))
    await one.renew_due()
    (row,) = await rows(publisher)
    await publisher.floor.database.system("tokens").update_many({}, {"$inc": {"fence": 1}})
    at = row["next_at"]
    fact = ChannelTokenRenewed.example().model_copy(
        update={"brand_id": publisher.brand.brand_id, "channel_id": row["_id"], "generation": 1, "renewal": 1, "at": at}
    )
    assert [await one.tokens.renewed(fact, None, None, at) for _ in range(2)] == [True, False]


def test_the_moment_is_before_the_end_and_after_half_of_a_short_life() -> None:
    """Two weeks before a long life ends; half of an hour; never later than planned; daily looks in between."""
    weeks = timedelta(days=14)
    assert renew_at(NOW, None, weeks, NOW) is None
    assert renew_at(NOW, NOW + timedelta(days=60), weeks, None) == NOW + timedelta(days=46)
    assert renew_at(NOW, NOW + timedelta(hours=1), weeks, None) == NOW + timedelta(minutes=30)
    assert renew_at(NOW, NOW + timedelta(hours=1), weeks, NOW) == NOW
    assert not is_pressing(NOW, NOW - timedelta(days=7), NOW + timedelta(days=8))
    assert is_pressing(NOW, NOW - timedelta(days=7), NOW + timedelta(days=7))
    assert not is_pressing(NOW, None, None)
    assert next_look(NOW, None) == next_look(NOW, NOW + timedelta(days=9)) == NOW + timedelta(days=1)
