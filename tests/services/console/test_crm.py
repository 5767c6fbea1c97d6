"""The CRM page, the keys of other systems, and the contact beside a thread."""

from datetime import timedelta
from typing import Any

import pytest

from services.console.handlers import on_endpoint_changed, on_webhook_attempted
from shared.events.crm.contact_linked import ContactLinked
from shared.events.crm.contact_updated import ContactUpdated
from shared.events.crm.endpoint_changed import EndpointChanged
from shared.events.crm.webhook_attempted import WebhookAttempted
from shared.events.ids import derive
from shared.rates import Rates
from tests.services.console.house import House
from tests.services.console.visitor import Visitor
from tests.services.crm.conftest import received

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@pytest.fixture
def crm(house: House) -> str:
    """The first brand's page."""
    return f"/{house.brand('first')}/crm"


def endpoint(house: House, seq: int = 1, **changes: Any) -> EndpointChanged:
    """One that crm states."""
    update = {"brand_id": house.brand("first"), "endpoint_id": f"e-{house.mark}", "seq": seq, **changes}
    return EndpointChanged.example().model_copy(update=update)


def attempt(house: House, number: int = 1, **changes: Any) -> WebhookAttempted:
    """One that crm states."""
    own = {"brand_id": house.brand("first"), "endpoint_id": f"e-{house.mark}", "at": house.clock()}
    update = {**own, "delivery_id": f"d-{house.mark}", "number": number, **changes}
    return WebhookAttempted.example().model_copy(update=update)


def answered(house: House, **more: Any) -> dict[str, Any]:
    """An endpoint as crm answers a command."""
    return endpoint(house).model_dump(mode="json", exclude={"epoch", "at"}) | more


async def test_registering_shows_the_secret_once(crm: str, house: House, ines: Visitor) -> None:
    """On the page that answers, and on no other; the endpoint is listed before any event came."""
    house.neighbours.will("/endpoints", 201, answered(house, secret=SECRET))
    answer = await ines.send(f"{crm}/new", {"url": "https://crm.example/x", "events": "CaseEscalated", "key": "k1"})
    assert SECRET in answer.text
    assert house.neighbours.asked[-1][1] == {
        "url": "https://crm.example/x",
        "description": "",
        "events": ["CaseEscalated"],
    }
    page = await ines.see(crm)
    assert "https://crm.example/hooks/parvis" in page
    assert SECRET not in page


async def test_a_refusal_keeps_what_was_typed(crm: str, house: House, ines: Visitor) -> None:
    """With the owner's words; away, the page says so."""
    house.neighbours.will("/endpoints", 422, {"detail": "the address must begin with https://"})
    form = {"url": "http://crm.example", "events": "CaseOpened", "description": "tickets"}
    answer = await ines.send(f"{crm}/new", form)
    assert answer.status_code == 422
    assert "must begin with https://" in answer.text
    assert 'value="tickets"' in answer.text
    asked = len(house.neighbours.asked)
    answer = await ines.send(f"{crm}/new", form | {"events": []})
    assert (answer.status_code, len(house.neighbours.asked)) == (422, asked)
    assert "Choose at least one fact" in answer.text
    house.neighbours.away = True
    assert "crm does not answer now" in (await ines.send(f"{crm}/new", form)).text


async def test_each_delivery_says_what_became_of_it(crm: str, house: House, ines: Visitor) -> None:
    """The code, the reason, the next attempt; the newest wins in whatever order they come."""
    await on_endpoint_changed.handle_batch([received(endpoint(house))], house.console.webhooks)
    later = attempt(house, 2, state="failed", status=500, why="the receiver answered 500", next_at=None)
    for facts in ([later], [attempt(house, 1)], [later]):
        await on_webhook_attempted.handle_batch([received(one) for one in facts], house.console.webhooks)
    page = await ines.see(crm)
    assert "A case was escalated" in page
    assert "not taken 500 the receiver answered 500" in page
    assert "Tell 1 again" in page


async def test_one_or_all_are_told_again(crm: str, house: House, ines: Visitor) -> None:
    """The page passes the command on and says how many."""
    await house.console.webhooks.fold([endpoint(house)])
    house.neighbours.will("/replay", 200, {"endpoint_id": "e", "again": 3})
    told = await ines.send(f"{crm}/e-{house.mark}/replay", {})
    assert "3 messages are told again" in told.text
    await ines.send(f"{crm}/e-{house.mark}/replay", {"delivery_id": "d1"})
    assert [body["delivery_id"] for path, body in house.neighbours.asked if path.endswith("/replay")] == ["", "d1"]


async def test_pause_is_seen_at_once_and_an_older_event_changes_nothing(crm: str, house: House, ines: Visitor) -> None:
    """What crm answered is in the read model before the page is drawn."""
    await house.console.webhooks.fold([endpoint(house)])
    house.neighbours.will("/pause", 200, answered(house, seq=2, state="paused"))
    assert (await ines.send(f"{crm}/e-{house.mark}/pause", {})).status_code == 303
    await house.console.webhooks.fold([endpoint(house)])
    assert "paused" in await ines.see(crm)


async def test_only_managers_come_here(crm: str, house: House, vera: Visitor) -> None:
    """A viewer has no door, and no page behind it."""
    assert "/crm" not in (await vera.open("/")).text
    assert (await vera.open(crm)).status_code == 403
    for path in ("new", "keys", "e1/pause", "e1/rotate", "e1/replay"):
        answer = await vera.send(f"{crm}/{path}", {"url": "https://x.example", "name": "x"})
        assert answer.status_code == 403, path
    assert house.neighbours.asked == []


async def test_a_brands_key_opens_that_brand_until_it_is_revoked(crm: str, house: House, ines: Visitor) -> None:
    """Contacts and endpoints of its own brand, nothing else; only its digest is stored."""
    house.neighbours.will("/contacts/C-1", 200, {"seq": 1})
    page = (await ines.send(f"{crm}/keys", {"name": "our CRM"})).text
    key = page.partition('tabindex="0">')[2].partition("<")[0]
    assert key.startswith("prv_")
    async with house.api(key) as api:
        first, second = house.brand("first"), house.brand("second")
        assert (await api.put(f"brands/{first}/contacts/C-1", json={"name": "H"})).status_code == 200
        assert (await api.put(f"brands/{second}/contacts/C-1", json={"name": "H"})).status_code == 401
        assert (await api.get(f"brands/{first}/inbox")).status_code == 401
        assert (await api.get("members")).status_code in (401, 404, 405)
        (stored,) = await house.console.keys.of(first)
        assert key not in repr(stored)
        assert (await ines.send(f"{crm}/keys/{stored['_id']}/revoke", {})).status_code == 303
        assert (await api.put(f"brands/{first}/contacts/C-1", json={"name": "H"})).status_code == 401


async def test_a_hasty_key_is_told_to_wait_and_a_stop_is_not(crm: str, house: House) -> None:
    """Each key and brand has its own allowance; the operator's hold goes through when theirs is used up."""
    first, second = house.brand("first"), house.brand("second")
    house.neighbours.will("/endpoints", 200, {"endpoints": []})
    house.app.state.rates = Rates(2, 0.001)
    keys = [await house.console.keys.make(first, name, "ines", house.clock()) for name in ("hasty", "calm")]
    async with house.api(keys[0]) as hasty, house.api(keys[1]) as calm, house.api() as operator:
        answers = [await hasty.get(f"brands/{first}/endpoints") for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert int(answers[2].headers["Retry-After"]) > 900
        assert (await calm.get(f"brands/{first}/endpoints")).status_code == 200
        assert [(await operator.get(f"brands/{first}/inbox")).status_code for _ in range(3)] == [200, 200, 429]
        assert (await operator.get(f"brands/{second}/inbox")).status_code == 200
        assert (await operator.post(f"brands/{first}/hold", json={"why": "enough"})).status_code == 200


async def test_the_contact_stands_beside_the_persons_threads(house: House, ines: Visitor) -> None:
    """Once linked; no more when the link was taken off, in whatever order the facts come."""
    said = await house.hears("first", "Where is my parcel?", author="Camille Leroy")
    brand, author = house.brand("first"), derive("person", "first", "Camille Leroy")
    whole = {"brand_id": brand, "contact_id": f"c-{house.mark}", "authors": [author], "name": "Camille L. Leroy"}
    linked = ContactLinked.example().model_copy(update={**whole, "seq": 1, "linked": [author]})
    await house.console.contacts.fold([linked])
    page = await ines.see(f"/{brand}/inbox/{said}")
    assert "Camille L. Leroy" in page
    assert "loyal" in page
    gone = ContactUpdated.example().model_copy(update={**whole, "seq": 2, "authors": []})
    await house.console.contacts.fold([gone])
    await house.console.contacts.fold([linked])
    assert "Camille L. Leroy" not in await ines.see(f"/{brand}/inbox/{said}")


async def test_a_waiting_delivery_says_when(crm: str, house: House, ines: Visitor) -> None:
    """The page names the next attempt."""
    await house.console.webhooks.fold([endpoint(house)])
    await house.console.webhooks.note([attempt(house, next_at=house.clock() + timedelta(minutes=5))])
    assert "will be tried again 503" in await ines.see(crm)
