"""What a network tells one call of a channel, "too many", is meant for all of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.publisher.store.wishes import Wish
from shared.errors import OutcomeUnknown
from shared.events.console.channel_changed import ChannelChanged
from shared.networks.capabilities import (
    Account,
    DeliveryKey,
    Published,
    RateLimited,
    Rendition,
    Target,
    VisibilityResult,
)
from tests.services.publisher.conftest import Publisher
from tests.services.publisher.test_wishes import wish
from tests.services.publisher.wall import Wall

AT_ONCE = 4  # calls of one channel, as the fixture says
MANY = 20
HOUR = 3600.0


@dataclass
class Crowded(Wall):
    """Counts each channel's calls; those of the channels in `limited` are too many."""

    limited: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)

    async def publish(self, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published:
        self._count(account)
        return await super().publish(account, rendition, delivery)

    async def hide(self, account: Account, target: Target) -> VisibilityResult:
        self._count(account)
        return await super().hide(account, target)

    async def find_post(
        self, account: Account, rendition: Rendition, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        self._count(account)
        return await super().find_post(account, rendition, delivery, since)

    def _count(self, account: Account) -> None:
        self.asked[account.channel_id] += 1
        if account.channel_id in self.limited:
            raise RateLimited(HOUR)


def _crowd(publisher: Publisher) -> tuple[Crowded, ChannelChanged, ChannelChanged]:
    """A network with a channel that has called too often, and one that has not."""
    strict, free = publisher.connect("crowded"), publisher.connect("crowded")
    return publisher.network("crowded", Crowded(limited={strict.channel_id})), strict, free


def _hide(publisher: Publisher, channel: ChannelChanged, name: str) -> Wish:
    stated = wish(publisher, "hide", 1, by_person=False, number=9)
    place = {"network": "crowded", "channel_id": channel.channel_id, "external_id": name}
    return stated | {"interaction_id": name, "place": stated["place"] | place}


def _an_hour_later(publisher: Publisher, network: Crowded, strict: ChannelChanged) -> None:
    network.limited.clear()
    for _ in range(network.asked[strict.channel_id]):
        publisher.calls.reopen(("crowded", strict.channel_id))


async def test_of_many_hides_no_further_one_calls_until_the_network_allows_it(publisher: Publisher) -> None:
    """Those under way may be too many as well; the other channel's are hidden meanwhile, and in the end all are."""
    network, strict, free = _crowd(publisher)
    await publisher.wishes.state_wishes([_hide(publisher, strict, f"s{n}") for n in range(MANY)])
    await publisher.wishes.state_wishes([_hide(publisher, free, f"f{n}") for n in range(AT_ONCE)])
    await publisher.turn(8)
    assert network.asked == {strict.channel_id: AT_ONCE, free.channel_id: AT_ONCE}
    _an_hour_later(publisher, network, strict)
    await publisher.turn(8)
    await publisher.wishes._all.update_many({"state": "wanted"}, [{"$set": {"next_at": "$$NOW"}}])
    await publisher.turn()
    assert len(network.changes) == MANY + AT_ONCE
    assert network.asked[strict.channel_id] == MANY + AT_ONCE


async def test_of_many_posts_no_further_one_calls_until_the_network_allows_it(publisher: Publisher) -> None:
    """As hides; what waits does not keep the loop from its rest."""
    network, strict, free = _crowd(publisher)
    strict_posts = [await publisher.plan_post(f"s{n}", channel=strict) for n in range(MANY)]
    free_posts = [await publisher.plan_post(f"f{n}", channel=free) for n in range(AT_ONCE)]
    await publisher.turn(8)
    assert network.asked == {strict.channel_id: AT_ONCE, free.channel_id: AT_ONCE}
    assert await publisher.sender.due_in() is None
    _an_hour_later(publisher, network, strict)
    due_in = await publisher.sender.due_in()
    assert due_in is not None
    assert due_in <= 0
    await publisher.turn(8)
    await publisher.deliveries._rows.update_many({"state": "scheduled"}, [{"$set": {"due_at": "$$NOW"}}])
    await publisher.turn()
    assert {await publisher.state(one) for one in strict_posts + free_posts} == {"confirmed"}
    assert len(network.created) == MANY + AT_ONCE


async def test_what_a_channel_is_told_about_posts_holds_for_its_hides_and_looks(publisher: Publisher) -> None:
    """A network counts calls, not what they are for."""
    network, strict, _ = _crowd(publisher)
    network.plan = [("before", OutcomeUnknown("reset"))]
    network.limited.clear()
    lost = await publisher.plan_post("lost", channel=strict)
    await publisher.sender.send_due()
    await publisher.settle_calls()
    network.limited.add(strict.channel_id)
    await publisher.plan_post("too many", channel=strict)
    await publisher.sender.send_due()
    await publisher.settle_calls()
    await publisher.wishes.state_wishes([_hide(publisher, strict, "s")])
    await publisher.turn(2)
    assert (await publisher.state(lost), network.looks, network.asked[strict.channel_id]) == ("unknown", 0, 2)


async def test_a_look_that_is_one_too_many_shuts_the_channel_too(publisher: Publisher) -> None:
    """Its post is looked for later, and nothing else of the channel calls meanwhile."""
    network, strict, _ = _crowd(publisher)
    network.limited.clear()
    network.plan = [("before", OutcomeUnknown("reset"))]
    await publisher.plan_post("lost", channel=strict)
    await publisher.sender.send_due()
    await publisher.settle_calls()
    network.limited.add(strict.channel_id)
    await publisher.settler.settle_due()
    await publisher.settle_calls()
    await publisher.wishes.state_wishes([_hide(publisher, strict, "s")])
    await publisher.turn(2)
    assert network.asked[strict.channel_id] == 2
