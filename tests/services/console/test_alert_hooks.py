"""An agency's webhooks for alerts: registered by its admin, signed, told once a cause, and left alone while away."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from services.console.alert_desk import AlertDesk
from services.console.loops.call_hooks import HookCaller
from shared.egress import Egress
from shared.webhooks import verify
from tests.services.console.alarms import Open, hears_crisis, suspected, turn
from tests.services.console.house import House
from tests.services.console.visitor import Visitor
from tests.services.crm.receiver import Receiver, receiving


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Another system."""
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def egress(house: House, receiver: Receiver) -> AsyncIterator[Egress]:
    """The way out of a deployment that may call that system."""
    settings = house.console.settings.model_copy(update={"egress_allow": (f"127.0.0.1:{receiver.port}",)})
    async with Egress.open(settings) as egress:
        yield egress


async def registers(house: House, ines: Visitor, receiver: Receiver, *kinds: str) -> str:
    """The admin registers the system, and copies the secret."""
    object.__setattr__(house.console.settings, "egress_allow", (f"127.0.0.1:{receiver.port}",))
    await ines.see("/all/alerts/hooks")
    answer = await ines.send("/alerts/hooks", {"url": receiver.url(), "kinds": list(kinds)})
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.text)
    assert found, answer.text[:500]
    return found[0]


async def calls(desk: AlertDesk, egress: Egress) -> None:
    """All loops once."""
    await turn(desk)
    await HookCaller(desk.hooks, desk.teller, egress, desk.caller.clock).call()


async def test_a_crisis_is_one_signed_call(
    house: House, desk_of: Open, ines: Visitor, receiver: Receiver, egress: Egress
) -> None:
    """However often the event comes; the receiver verifies it with the secret that was shown once."""
    secret, desk = await registers(house, ines, receiver, "crisis"), desk_of()
    assert secret not in (await ines.open("/all/alerts/hooks")).text
    await hears_crisis(house, desk, suspected(house), times=3)
    await calls(desk, egress)
    await hears_crisis(house, desk, suspected(house))
    await calls(desk_of(), egress)
    (call,) = receiver.calls
    assert verify([secret], call.headers, call.body, house.clock()) == call.data["alert_id"]
    assert (call.data["kind"], call.data["brand"], call.data["facts"]["negative"]) == ("crisis", "First Brand", 61)
    assert call.data["link"] == f"https://console.example/{house.brand('first')}/insights"


async def test_only_what_was_chosen_is_told(
    house: House, desk_of: Open, ines: Visitor, receiver: Receiver, egress: Egress
) -> None:
    """A hook for lost tokens hears of no crisis."""
    await registers(house, ines, receiver, "token_lost")
    desk = desk_of()
    await hears_crisis(house, desk, suspected(house))
    await calls(desk, egress)
    assert receiver.calls == []


async def test_a_hook_that_is_away_is_left_alone_and_told_later(
    house: House, desk_of: Open, ines: Visitor, receiver: Receiver, egress: Egress
) -> None:
    """One failure stands for all that waits; operators see it; what is a day old by then is not told."""
    await registers(house, ines, receiver, "crisis")
    desk = desk_of()
    receiver.plans["/hook"] = [503, 503]
    for brand in ("first", "second"):
        await hears_crisis(house, desk, suspected(house, brand))
    await calls(desk, egress)
    await calls(desk, egress)
    assert len(receiver.calls) == 1
    assert [hook["failures"] for hook in await desk.hooks.troubled()] == [1]
    assert "the receiver answered 503" in await ines.see("/all/operations")
    house.clock.forward(seconds=11)
    await calls(desk, egress)
    house.clock.forward(minutes=2)
    await calls(desk, egress)
    assert len(set(receiver.ids())) == 2
    assert await desk.hooks.troubled() == []
    receiver.plans["/hook"] = [503]
    await hears_crisis(house, desk, suspected(house, signal_id="another"))
    await calls(desk, egress)
    house.clock.forward(hours=25)
    await calls(desk, egress)
    assert len(receiver.calls) == 5


async def test_a_hook_that_says_gone_is_shut(
    house: House, desk_of: Open, ines: Visitor, receiver: Receiver, egress: Egress
) -> None:
    """410 ends it until the admin resumes it; a new secret then signs alone."""
    old, desk = await registers(house, ines, receiver, "crisis"), desk_of()
    receiver.plans["/hook"] = [410]
    await hears_crisis(house, desk, suspected(house))
    await calls(desk, egress)
    (hook,) = await desk.hooks.of(f"ag-{house.mark}")
    assert hook["state"] == "disabled"
    answer = await ines.send(f"/alerts/hooks/{hook['_id']}/rotate")
    assert old not in answer.text
    assert (await ines.send(f"/alerts/hooks/{hook['_id']}/resume")).status_code == 303
    await calls(desk, egress)
    new = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.text)
    assert new
    assert verify([new[0]], receiver.calls[-1].headers, receiver.calls[-1].body, house.clock())


async def test_only_the_agencys_admin_registers_and_only_outward(ines: Visitor, vera: Visitor) -> None:
    """A viewer is refused; so is an address without TLS, or one that nothing is told."""
    assert (await vera.open("/all/alerts/hooks")).status_code == 403
    assert (await vera.send("/alerts/hooks", {"url": "https://x.example", "kinds": "crisis"})).status_code == 403
    await ines.see("/all/alerts/hooks")
    for form in ({"url": "http://x.example", "kinds": "crisis"}, {"url": "https://x.example"}):
        answer: httpx.Response = await ines.send("/alerts/hooks", form)
        assert answer.status_code == 422
