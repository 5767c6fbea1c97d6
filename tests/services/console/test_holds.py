"""Holds: who may, what they shut, how they open again, and who is told until they have confirmed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.console.domain.holds import NotHeld, NotYet, held, new_hold, next_step, released
from shared.events.ids import derive
from shared.holds import shut_by
from tests.services.console.house import House
from tests.services.console.visitor import Visitor

NOW = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)


def a_hold(hold_id: str = "h1", **more: Any) -> Any:
    """As a moderator sets it."""
    return new_hold(hold_id, "brand", "ines", "fire", NOW, moderation=more.get("moderation", False))


def test_a_hold_opens_in_its_order_and_only_once() -> None:
    """Replies, posts, spend; what moderation holds too opens first."""
    holds: Any = [a_hold(moderation=True)]
    assert shut_by(holds) == ["moderation", "replies", "posts", "spend"]
    with pytest.raises(NotYet):
        released(holds, "h1", "posts", "tom", "", second=False)
    for step in ("moderation", "replies", "posts", "spend"):
        assert next_step(holds[0]) == step
        holds = released(holds, "h1", step, "tom", "", second=False).holds
    assert holds == []
    with pytest.raises(NotHeld):
        released(holds, "h1", "spend", "tom", "", second=False)


def test_spend_opens_to_a_second_person_where_the_agency_says_so() -> None:
    """The first who asks is noted, and asking again alone opens nothing."""
    holds: Any = [{**a_hold(), "shut": ["spend"]}]
    for _ in range(2):
        asked = released(holds, "h1", "spend", "tom", "", second=True)
        holds = asked.holds
        assert (asked.steps, holds[0]["asked"], holds[0]["shut"]) == ((), "tom", ["spend"])
    assert released(holds, "h1", "spend", "ines", "", second=True).holds == []


def test_what_one_hold_opens_another_keeps_shut() -> None:
    """A step is open only where no hold shuts it; the same press twice is one hold, also when it is over."""
    both = held([a_hold()], [], a_hold("h2"))
    assert both is not None
    left = released(both.holds, "h1", "replies", "tom", "", second=False).holds
    assert shut_by(left) == ["replies", "posts", "spend"]
    assert held(both.holds, [], a_hold("h2")) is None
    assert held([], ["h2"], a_hold("h2")) is None


def confirms(house: House, *brands: str, seq: int = 1) -> None:
    """Publisher has it from now on."""
    met = {"waiting": {"replies": 4, "posts": 6}, "in_flight": [], "left": []}
    gates = [{"brand_id": one, "epoch": 0, "seq": seq, "at": house.clock().isoformat(), **met} for one in brands]
    house.neighbours.will("gates", 200, {"gates": gates})


async def row_of(house: House, brand: str) -> dict[str, Any]:
    """The brand's holds as they are stored."""
    (row,) = await house.console.holds.of([house.brand(brand)])
    return row


async def test_a_moderator_holds_their_brand_and_every_page_says_so(house: House, omar: Visitor) -> None:
    """With a reason; publisher is told at once and its confirmation is shown; a manager must release it."""
    brand = house.brand("second")
    confirms(house, brand)
    page, item = f"/{brand}/hold", await house.hears("second", "Where is my parcel?")
    assert "Answer when released" not in await omar.see(f"/all/inbox/{item}")
    assert (await omar.send(page, {"why": " ", "key": "k"})).status_code == 422
    for _ in range(2):
        assert (await omar.send(page, {"why": "Lorient parcels", "key": "k"})).status_code == 303
    (asked,) = [body for path, body in house.neighbours.asked if path == "/gates"][:1]
    assert asked["gates"][0]["holds"][0]["shut"] == ["replies", "posts", "spend"]
    for path in ("/all/inbox", f"/{brand}/posts", page):
        shown = await omar.see(path)
        assert "Lorient parcels" in shown, path
        assert "held since" in shown
    assert "Answer when released" in await omar.see(f"/all/inbox/{item}")
    assert "stopped at" in shown
    assert "a manager releases it" in shown
    hold_id = derive("hold", house.login("omar"), "k")
    refused = await omar.send(f"{page}/{brand}/release", {"hold_id": hold_id, "step": "replies"})
    assert refused.status_code == 403
    assert len((await row_of(house, "second"))["holds"]) == 1


async def test_nobody_holds_what_is_not_theirs(house: House, omar: Visitor, vera: Visitor) -> None:
    """A viewer may not, another brand is not there, several brands are an admin's, all are an operator's."""
    first, second = house.brand("first"), house.brand("second")
    assert (await vera.send(f"/{first}/hold", {"why": "x"})).status_code == 403
    assert (await omar.send(f"/{first}/hold", {"why": "x"})).status_code == 404
    assert (await omar.send("/all/hold", {"why": "x", "brands": [first, second]})).status_code in (403, 404)
    assert (await omar.send("/all/hold", {"why": "x", "everything": "1"})).status_code == 422
    assert await house.console.holds.of([first, second]) == []


async def test_a_group_is_held_by_one_id_and_released_brand_by_brand(house: House, ines: Visitor) -> None:
    """An admin holds both brands; one is released in steps, the other stays shut."""
    first, second = house.brand("first"), house.brand("second")
    confirms(house, first, second)
    await ines.send("/all/hold", {"why": "press", "brands": [first, second], "key": "g", "moderation": "1"})
    hold_id = derive("hold", house.login("ines"), "g")
    rows = [await row_of(house, name) for name in ("first", "second")]
    assert [[(one["hold_id"], one["scope"]) for one in row["holds"]] for row in rows] == [[(hold_id, "group")]] * 2
    for step in ("moderation", "replies", "posts", "spend"):
        given = {"hold_id": hold_id, "step": step}
        assert (await ines.send(f"/all/hold/{first}/release", given)).status_code == 303
    assert (await row_of(house, "first"))["holds"] == []
    assert (await row_of(house, "second"))["shut"] == ["moderation", "replies", "posts", "spend"]
    assert "Somebody released that already" in (await ines.send(f"/all/hold/{first}/release", given)).text


async def test_who_does_not_answer_is_told_again_until_it_has_confirmed(house: House) -> None:
    """Away: unconfirmed, and due again a second later; back: confirmed, then told each ten seconds while held."""
    brand, console = house.brand("first"), house.console
    house.neighbours.away = True
    async with house.api() as api:
        state = (await api.post(f"brands/{brand}/hold", json={"why": "fire"})).json()
        assert not state["services"]["publisher"]["confirmed"]
        due = (await row_of(house, "first"))["next"]["publisher"]
        assert house.clock.now - timedelta(minutes=1) < due
        assert (due - await console.floor.database.now()).total_seconds() <= 1
        house.neighbours.away = False
        confirms(house, brand)
        await console.floor.database.system("holds").update(
            {"_id": brand}, {"$set": {"next.publisher": house.clock.now}}
        )
        await console.teller.tell_due()
        state = (await api.get(f"brands/{brand}/hold")).json()
        assert state["services"]["publisher"]["confirmed"]
        assert state["services"]["publisher"]["waiting"] == {"replies": 4, "posts": 6}
        due = (await row_of(house, "first"))["next"]["publisher"]
        assert 1 < (due - await console.floor.database.now()).total_seconds() <= 10
        for number, step in enumerate(("replies", "posts", "spend"), start=2):
            confirms(house, brand, seq=number)
            given = {"hold_id": state["holds"][0]["hold_id"], "step": step}
            state = (await api.post(f"brands/{brand}/hold/release", json=given)).json() | {"holds": state["holds"]}
        assert state["shut"] == []
        assert (await row_of(house, "first"))["next"]["publisher"] is None
        assert (await api.post(f"brands/{brand}/hold/release", json=given)).status_code == 409


async def test_the_api_holds_all_and_asks_a_second_person_for_spend(house: House) -> None:
    """One id on every brand; the agency says that two people release what costs."""
    async with house.api() as api:
        agency = {"name": "Atelier", "second_for_spend": True}
        assert (await api.put(f"agencies/ag-{house.mark}", json=agency)).status_code == 200
        told = (await api.post("holds", json={"why": "outage", "brands": "all"})).json()
        assert told["brands"] == 2
        brand = house.brand("first")
        for step, person in (("replies", "a"), ("posts", "a"), ("spend", "a"), ("spend", "a")):
            given = {"hold_id": told["hold_id"], "step": step}
            headers = {"X-Parvis-Person": person}
            state = (await api.post(f"brands/{brand}/hold/release", json=given, headers=headers)).json()
        assert (state["shut"], state["holds"][0]["asked"], state["holds"][0]["scope"]) == (["spend"], "a", "all")
        headers = {"X-Parvis-Person": "b"}
        state = (await api.post(f"brands/{brand}/hold/release", json=given, headers=headers)).json()
        assert state["shut"] == []
        assert (await api.post("holds", json={"why": "x", "brands": ["nobody"]})).status_code == 404


async def test_what_is_late_is_listed_and_a_reply_is_sent_or_dropped(house: House, ines: Visitor) -> None:
    """A stranded reply stands on the page until publisher says what became of it."""
    said = await house.hears("first", "Where is my parcel?")
    brand, state = house.brand("first"), {"action_id": "a1", "action": "reply", "brand_id": house.brand("first")}
    told = {**state, "interaction_id": said, "text": "It is on its way", "updated_at": house.clock().isoformat()}
    from services.console.store import folding

    stages = folding.action_state({**told, "state": "stranded", "seq": 1, "why": "too late"})
    await house.console.inbox.fold([({"_id": said, "brand_id": brand}, stages)])
    page = await ines.see("/all/hold")
    assert "It is on its way" in page
    assert "Drop" in page
    house.neighbours.will("/settle", 200, {**told, "state": "failed", "seq": 2, "why": "dropped"})
    answer = await ines.send(f"/all/hold/{brand}/late/{said}/a1", {"outcome": "dropped"})
    assert answer.status_code == 303
    assert house.neighbours.asked[-1][1] == {"outcome": "dropped", "why": ""}
    assert "It is on its way" not in await ines.see("/all/hold")
