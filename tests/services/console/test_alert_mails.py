"""What becomes of a mail: refused, cut off, left behind by a dead process; none is repeated silently."""

from pydantic import SecretStr

from parvis.letterbox.box import Box
from services.console.handlers import on_delivery_failed
from shared.events.publisher.delivery_failed import DeliveryFailed
from tests.services.console.alarms import Open, hears_crisis, suspected, told, turn
from tests.services.console.house import House


async def test_a_mail_that_may_have_left_is_not_repeated_silently(house: House, desk_of: Open, box: Box) -> None:
    """The server took it and the connection died before it said so: an operator may repeat it, as the same mail."""
    desk = desk_of()
    box.plans = ["drop"]
    await hears_crisis(house, desk, suspected(house))
    await turn(desk)
    house.clock.forward(hours=1)
    await turn(desk)
    ((mail,), (first,)) = await desk.mails.troubled(), box.letters
    assert mail["state"] == "unknown"
    assert await desk.mails.again(mail["_id"], house.clock())
    await turn(desk)
    assert [letter.id for letter in box.letters] == [first.id, first.id]
    assert await desk.mails.troubled() == []


async def test_a_killed_sender_repeats_nothing(house: House, desk_of: Open, box: Box) -> None:
    """Its mail was marked before a byte left: whoever comes next says that it may have left."""
    desk = desk_of()
    await hears_crisis(house, desk, suspected(house))
    await desk.spreader.spread()
    assert desk.mailer is not None
    await desk.mailer.gather()
    assert await desk.mails.claim(house.clock()) is not None  # and here it died
    house.clock.forward(minutes=10)
    await turn(desk_of())
    assert [mail["state"] for mail in await desk.mails.troubled()] == ["unknown"]
    assert not box.letters


async def test_a_server_that_says_not_now_is_asked_again(house: House, desk_of: Open, box: Box) -> None:
    """A 4xx is tried again later, a 5xx is final, and a server that is away is to blame for itself."""
    desk = desk_of()
    box.plans = ["451 busy", "550 no such person"]
    await hears_crisis(house, desk, suspected(house))
    await turn(desk, desk)
    assert [mail["state"] for mail in await desk.mails.troubled()] == ["waiting"]
    house.clock.forward(minutes=2)
    await turn(desk)
    assert [(mail["state"], mail["why"]) for mail in await desk.mails.troubled()] == [("failed", "550 no such person")]
    away = desk_of(smtp_url=SecretStr("smtp+plain://127.0.0.1:1"))
    await hears_crisis(house, away, suspected(house, "second"))
    await turn(away)
    assert (await desk.mails.relay())["failures"] == 1
    house.clock.forward(minutes=2)
    await turn(desk)
    assert [letter.subject for letter in box.of(house.login("omar"))] == ["Second Brand: crisis suspected"]
    assert (await desk.mails.relay())["failures"] == 0


async def test_a_storm_is_few_mails(house: House, desk_of: Open, box: Box) -> None:
    """Thirty refused posts within a minute are one mail that names the first and counts the rest."""
    desk = desk_of(alert_gap_seconds=60.0)
    posts, audit = house.console.posts, house.console.audit
    for number in range(30):
        own = {
            "brand_id": house.brand("first"),
            "delivery_id": f"d{number}",
            "post_id": f"p{number}",
            "at": house.clock(),
        }
        fact = DeliveryFailed.example().model_copy(update=own)
        await on_delivery_failed.handle_batch([told(fact, house)], posts, audit, desk.causes)
        if number in (0, 15, 29):
            await turn(desk)
    house.clock.forward(minutes=1)
    await turn(desk)
    assert [letter.subject for letter in box.letters] == [
        "First Brand: a post was refused",
        "First Brand: a post was refused, and 28 more alerts",
    ]
