"""Alerts on real engines and a real mail server: once a cause, whoever repeats it; to whom, and where it shows."""

from datetime import timedelta

from parvis.letterbox.box import Box
from services.console.handlers import (
    on_channel_token_ending,
    on_channel_token_lost,
    on_channel_token_renewed,
    on_crisis_eased,
    on_crisis_suspected,
    on_delivery_confirmed,
    on_delivery_failed,
    on_delivery_unsettled,
)
from shared.events.publisher.channel_token_ending import ChannelTokenEnding
from shared.events.publisher.channel_token_lost import ChannelTokenLost
from shared.events.publisher.channel_token_renewed import ChannelTokenRenewed
from shared.events.publisher.delivery_confirmed import DeliveryConfirmed
from shared.events.publisher.delivery_failed import DeliveryFailed
from shared.events.publisher.delivery_unsettled import DeliveryUnsettled
from tests.services.console.alarms import Open, eased, hears_crisis, suspected, told, turn
from tests.services.console.house import House
from tests.services.console.visitor import Visitor


async def test_an_event_that_comes_three_times_is_one_mail(house: House, desk_of: Open, box: Box) -> None:
    """Redelivered, met by two replicas at once, and again after a restart: each person reads of it once."""
    crisis, replicas = suspected(house), (desk_of(), desk_of())
    await hears_crisis(house, replicas[0], crisis, times=2)
    await turn(*replicas)
    again = desk_of()
    await hears_crisis(house, again, crisis)
    await turn(again, again)
    (letter,) = box.letters
    assert letter.to == (house.login("ines"),)
    assert letter.subject == "First Brand: crisis suspected"
    assert "61 of 74 messages within 1" in letter.text
    assert f"https://console.example/{house.brand('first')}/insights" in letter.text
    assert letter.message["Auto-Submitted"] == "auto-generated"


async def test_nobody_is_told_of_a_brand_that_they_do_not_see(house: House, desk_of: Open, box: Box) -> None:
    """The second brand's crisis is for its moderator and the admin; the viewer of the first never learns of it."""
    desk = desk_of()
    await hears_crisis(house, desk, suspected(house, "second"))
    await turn(desk)
    assert sorted(letter.to[0] for letter in box.letters) == [house.login("ines"), house.login("omar")]
    vera = (await desk.people.named([house.login("vera")]))[house.login("vera")].person
    assert await desk.alerts.of(vera.login, vera.brands, operator=False) == []


async def test_a_crisis_that_eases_by_night_is_told_once_in_the_morning(house: House, desk_of: Open, box: Box) -> None:
    """The quiet hours' end finds it over: one mail says that it came and went."""
    desk, crisis = desk_of(), suspected(house, "second")
    until = (house.clock() + timedelta(hours=3)).strftime("%H:%M")
    quiet = {"zone": "UTC", "quiet_from": house.clock().strftime("%H:%M"), "quiet_to": until}
    for name in ("ines", "omar"):
        await desk.people.choose(house.login(name), quiet)
    await hears_crisis(house, desk, crisis)
    house.clock.forward(hours=1)
    await turn(desk)
    assert not box.letters
    over = eased(crisis, house)
    await on_crisis_eased.handle_batch([told(over, house)] * 2, house.console.signals, desk.causes)
    await turn(desk)
    house.clock.forward(hours=2, minutes=1)
    await turn(desk)
    assert [letter.subject for letter in box.of(house.login("omar"))] == ["Second Brand: the crisis has eased"]


async def test_what_settles_before_its_mail_is_not_mailed(house: House, desk_of: Open, box: Box) -> None:
    """An unsettled post that is confirmed within the hour is in the list, and in no mail."""
    desk, login = desk_of(), house.login("ines")
    await desk.people.choose(login, {"kinds": {"post_unsettled": "hourly"}})
    own = {"brand_id": house.brand("first"), "delivery_id": f"d-{house.mark}", "at": house.clock()}
    doubt = DeliveryUnsettled.example().model_copy(update=own)
    end = DeliveryConfirmed.example().model_copy(update=own | {"seq": doubt.seq + 1})
    posts, audit = house.console.posts, house.console.audit
    await on_delivery_confirmed.handle_batch([told(end, house)], posts, audit)
    await on_delivery_unsettled.handle_batch([told(doubt, house)], posts, desk.causes)
    await turn(desk)
    house.clock.forward(hours=1)
    await turn(desk)
    assert [one["state"] for one in await desk.alerts.of(login, [house.brand("first")], operator=False)] == ["over"]
    assert not box.letters


async def test_what_is_a_day_old_is_told_to_nobody(house: House, desk_of: Open, box: Box) -> None:
    """A replay rebuilds the pages; neither it nor a fact that an outage kept for a day is an alert."""
    desk, now = desk_of(), house.clock()
    old = suspected(house, at=now - timedelta(hours=25))
    replayed = told(suspected(house, "second"), house, replayed_from=now - timedelta(hours=25))
    await on_crisis_suspected.handle_batch([told(old, house), replayed], house.console.signals, desk.causes)
    assert await desk.causes.new() == []


async def test_what_is_late_at_a_brand_is_told_together(house: House, desk_of: Open) -> None:
    """Two answers that became late in one quarter of an hour are one cause, found once however often is looked."""
    desk = desk_of()
    await desk.watcher.look()
    for ago in (119, 119, 10):
        await house.hears("first", "Where is my parcel?", ago=ago)
    for _ in range(3):
        house.clock.forward(minutes=1)
        await desk.watcher.look()
    causes = await desk.causes.new()
    assert {one["kind"] for one in causes} == {"late"}
    assert sum(one["facts"]["count"] for one in causes) >= 1
    assert len(causes) <= 2  # the promise may have ended on both sides of a quarter's end
    await desk.spreader.spread()
    house.clock.forward(minutes=1)
    await desk.watcher.look()
    assert await desk.causes.new() == []


async def test_a_case_that_nobody_takes_is_told(house: House, desk_of: Open) -> None:
    """An hour after it was opened, and not before."""
    desk = desk_of()
    await desk.watcher.look()
    await house.opens_case(await house.hears("first", "You are idiots", ago=1))
    await desk.watcher.look()
    assert await desk.causes.new() == []
    house.clock.forward(minutes=61)
    await desk.watcher.look()
    assert [one["kind"] for one in await desk.causes.new()] == ["case"]


async def test_a_pulled_brake_is_told_to_operators_alone(house: House, desk_of: Open, box: Box) -> None:
    """Each time that it is pulled, and not again while it stays so."""
    desk = desk_of()

    async def told_by_moderation(*, braked: bool) -> None:
        consumer = {"group": "moderation", "topics": {"ingest.interactions.v1": {"lag": 0, "braked": braked}}}
        await house.console.health.keep("moderation", {"consumers": [consumer]}, house.clock())
        await desk.watcher.look()
        await turn(desk)
        house.clock.forward(minutes=1)

    for braked in (True, True, False, True):
        await told_by_moderation(braked=braked)
    assert [letter.to for letter in box.letters] == [(house.login("ines"),)] * 2
    assert "moderation stands still" in box.letters[0].subject


async def test_stuck_messages_of_one_brand_are_told_to_operators_until_they_are_replayed(
    house: House, desk_of: Open, box: Box, ines: Visitor
) -> None:
    """Once however many follow, not while the topic's brake says more, over once they came back, and then anew."""
    desk, brand, topic = desk_of(), house.brand("second"), "ingest.interactions.v1"
    await desk.people.choose(house.login("ines"), {"kinds": {"parked": "now"}})

    async def told_by_moderation(count: int, *, braked: bool = False) -> None:
        consumer = {"group": "moderation", "topics": {topic: {"lag": 0, "braked": braked}}}
        stuck = [{"brand_id": brand, "topic": topic, "count": count}] if count else []
        await house.console.health.keep("moderation", {"consumers": [consumer], "stuck": stuck}, house.clock())
        await desk.watcher.look()
        await turn(desk)
        house.clock.forward(minutes=2)

    for count in (2, 5):
        await told_by_moderation(count)
    (letter,) = box.letters
    assert (letter.to, letter.subject) == ((house.login("ines"),), "Second Brand: messages are set aside")
    assert "moderation cannot handle 2 messages of this brand" in " ".join(letter.text.split())
    assert "Over" not in await ines.see("/all/alerts")
    await told_by_moderation(0)
    assert "Second Brand: messages are set aside New Over" in " ".join((await ines.see("/all/alerts")).split())
    await told_by_moderation(20, braked=True)
    await told_by_moderation(1)
    assert [one.subject.split()[0] for one in box.letters] == ["Second", "moderation", "Second"]


async def test_a_lost_token_names_its_channel(house: House, desk_of: Open, box: Box) -> None:
    """The loss of an older token than the one that we hold is no news."""
    desk, brand = desk_of(), house.brand("first")
    async with house.api() as api:
        body = {"brand_id": brand, "network": "facebook", "account_id": house.mark, "name": "Kerlann on Facebook"}
        more = {"base_url": "http://127.0.0.1:1/facebook", "token": "t"}
        assert (await api.put(f"channels/ch-{house.mark}", json=body | more)).status_code == 200
    for generation in (0, 1, 1):
        own = {"brand_id": brand, "channel_id": f"ch-{house.mark}", "generation": generation, "renewal": 0}
        fact = ChannelTokenLost.example().model_copy(update=own | {"at": house.clock()})
        await on_channel_token_lost.handle(told(fact, house), house.console.directory, house.clock, desk.causes)
    await turn(desk)
    assert [letter.subject for letter in box.letters] == ["First Brand: Kerlann on Facebook must be connected again"]


async def test_a_token_that_ends_is_told_while_there_is_time(
    house: House, desk_of: Open, box: Box, ines: Visitor
) -> None:
    """Once, with its end; on *Today* and on the channel's line; over when it is renewed or connected again."""
    desk, brand, channel = desk_of(), house.brand("first"), f"ch-{house.mark}"
    body = {"brand_id": brand, "network": "linkedin", "account_id": house.mark, "name": "Kerlann on LinkedIn"}
    more = {"base_url": "http://127.0.0.1:1/linkedin", "token": "t"}
    async with house.api() as api:
        assert (await api.put(f"channels/{channel}", json=body | more)).status_code == 200
    ends_at = house.clock() + timedelta(days=10)
    for generation in (0, 1, 1):
        own = {"brand_id": brand, "channel_id": channel, "generation": generation, "renewal": 0, "ends_at": ends_at}
        fact = ChannelTokenEnding.example().model_copy(update=own | {"at": house.clock()})
        await on_channel_token_ending.handle(told(fact, house), house.console.directory, house.clock, desk.causes)
    await turn(desk)
    (letter,) = box.letters
    assert letter.subject.startswith("First Brand: connect Kerlann on LinkedIn again, its token ends ")
    assert "Kerlann on LinkedIn: token ends soon" in (await ines.see(f"/{brand}/today"))
    assert "its refresh token ends with it" in (await ines.see(f"/{brand}/channels"))
    own = {"brand_id": brand, "channel_id": channel, "generation": 1, "renewal": 1, "at": house.clock()}
    renewed = ChannelTokenRenewed.example().model_copy(update=own)
    await on_channel_token_renewed.handle(told(renewed, house), house.console.directory, house.clock)
    assert "token ends soon" not in (await ines.see(f"/{brand}/today"))


async def test_the_bell_counts_and_the_list_is_seen(house: House, desk_of: Open, vera: Visitor) -> None:
    """A viewer gets no mail, and finds it in the list; once seen it is no longer new."""
    desk = desk_of()
    await hears_crisis(house, desk, suspected(house))
    await hears_crisis(house, desk, suspected(house, "second"))
    await turn(desk)
    assert "1 new alert" in (await vera.open("/all/inbox")).text
    page = await vera.see("/all/alerts")
    assert "First Brand: crisis suspected" in page
    assert "Second Brand" not in page
    assert "Here only" in page
    await vera.act("/alerts/seen", {"until": "2026-01-01"}, status=422)  # nobody knows in which zone
    await vera.act("/alerts/seen", {"until": house.clock().isoformat()}, status=204)
    assert "new alert" not in (await vera.open("/all/inbox")).text


async def test_a_person_chooses_how_to_be_told(house: House, desk_of: Open, box: Box, ines: Visitor) -> None:
    """Another address, no mail of a kind; what cannot be is refused with what was typed."""
    await ines.see("/all/alerts/settings")
    form = {"email": "ines@home.example", "zone": "Europe/Paris", "daily_at": "08:00"}
    form |= {"quiet_from": "00:00", "quiet_to": "00:00", "kind_crisis": "none", "kind_post_failed": "now"}
    assert (await ines.send("/alerts/settings", form)).status_code == 303
    for wrong in ({"email": "ines@"}, {"zone": "Mars/Crater"}, {"quiet_to": "25:00"}):
        assert (await ines.send("/alerts/settings", form | wrong)).status_code == 422
    desk = desk_of()
    await hears_crisis(house, desk, suspected(house))
    own = {"brand_id": house.brand("first"), "at": house.clock()}
    fact = DeliveryFailed.example().model_copy(update=own)
    await on_delivery_failed.handle_batch([told(fact, house)], house.console.posts, house.console.audit, desk.causes)
    await turn(desk)
    assert [(letter.to, letter.subject) for letter in box.letters] == [
        (("ines@home.example",), "First Brand: a post was refused")
    ]
