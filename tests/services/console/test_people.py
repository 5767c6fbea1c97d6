"""People: found by name, looked at, and left out of audiences."""

from datetime import timedelta
from typing import Any

import pytest

from services.console.domain.people import Wanted, mostly
from services.console.store import folding
from services.console.store.people import People
from shared.events.campaigns.opt_out_changed import OptOutChanged
from shared.events.console.person_erasure_asked import PersonErasureAsked
from shared.events.crm.contact_linked import ContactLinked
from shared.events.ids import derive
from shared.events.insights.person_changed import PersonChanged
from tests.services.console.house import House
from tests.services.console.visitor import Visitor


def told(house: House, name: str, brand: str = "first", **more: Any) -> PersonChanged:
    """A person's profile, as insights states it."""
    about = {"brand_id": house.brand(brand), "person_id": derive("person", brand, name), "name": name, "handle": ""}
    return PersonChanged.example().model_copy(update=about | {"last_seen_at": house.clock()} | more)


def word(house: House, seq: int, out: bool, name: str = "Camille Leroy") -> OptOutChanged:
    """What campaigns states."""
    about = {"brand_id": house.brand("first"), "person_id": derive("person", "first", name), "seq": seq, "out": out}
    return OptOutChanged.example().model_copy(update=about)


async def test_people_are_found_by_name_network_and_mood(house: House, ines: Visitor, omar: Visitor) -> None:
    """Accents and case do not matter; of other brands nothing is seen."""
    angry = {"moods": {"negative": 5, "positive": 1}, "network": "mastodon", "said": 6}
    await house.console.people.fold([told(house, "Hélène <b>Riou</b>"), told(house, "Gaz", handle="gaz56", **angry)])
    page = await ines.see("/all/people")
    assert "2 people" in page
    assert "Hélène <b>Riou</b>" in page
    for query, found in (
        ("q=helene", "Riou"),
        ("q=GAZ5", "Gaz"),
        ("network=mastodon", "Gaz"),
        ("mood=negative", "Gaz"),
    ):
        page = await ines.see(f"/{house.brand('first')}/people?{query}")
        assert "1 person" in page
        assert found in page
    assert "Nobody of that kind" in await ines.see("/all/people?q=nobody")
    assert "Riou" not in await omar.see("/all/people")
    await omar.see(f"/{house.brand('first')}/people/{derive('person', 'first', 'Gaz')}", status=404)


async def test_a_page_goes_on(house: House, ines: Visitor) -> None:
    """Fifty at a time, those who said most first."""
    await house.console.people.fold([told(house, f"Number {n:02}", said=100 - n) for n in range(60)])
    first, second = await ines.see("/all/people"), await ines.see("/all/people?skip=50")
    assert ("Number 00" in first, "Number 50" in first) == (True, False)
    assert ("Number 49" in second, "Number 59" in second) == (False, True)


async def test_one_person_has_all_that_is_known(house: House, ines: Visitor) -> None:
    """Counts, what they said with its thread, who other systems say they are; also before insights has counted."""
    item = await house.hears("first", "La vareuse est magnifique")
    person_id, brand = derive("person", "first", "Camille Leroy"), house.brand("first")
    page = f"/{brand}/people/{person_id}"
    assert "La vareuse est magnifique" in await ines.see(page)
    await house.console.people.fold([told(house, "Camille Leroy", said=41, topics={"praise": 30})])
    contact = {"brand_id": brand, "authors": [person_id], "name": "C. Leroy (client)", "city": "Brest"}
    await house.console.contacts.fold([ContactLinked.example().model_copy(update=contact)])
    answer = (await ines.open(page)).text
    for shown in ("41", "praise", "C. Leroy (client)", "Brest, France", f'/{brand}/inbox/{item}?queue=all"'):
        assert shown in answer
    assert "style=" not in answer
    await ines.see(f"/{brand}/people/nobody", status=404)


async def test_who_opted_out_is_marked_and_may_come_back(house: House, ines: Visitor, vera: Visitor) -> None:
    """By whoever may decide; in the log; before any event came."""
    await house.console.people.fold([told(house, "Camille Leroy")])
    person_id, brand = derive("person", "first", "Camille Leroy"), house.brand("first")
    page = f"/{brand}/people/{person_id}"
    assert "Never address them" not in await vera.see(page)
    assert (await vera.send(f"{page}/opt-out", {"out": "true"})).status_code == 403
    for seq, out, shown in ((1, True, "May be addressed again"), (2, False, "Never address them")):
        house.neighbours.will("/opt-out", 200, word(house, seq, out).model_dump(mode="json", exclude={"brand_id"}))
        await ines.see(page)
        answer = await ines.send(f"{page}/opt-out", {"out": str(out).lower()})
        assert answer.status_code == 303
        assert house.neighbours.asked[-1] == (f"/brands/{brand}/people/{person_id}/opt-out", {"out": out})
        assert shown in await ines.see(answer.headers["location"])
    assert {row["details"]["out"] for row in await house.console.audit.about(brand, person_id)} == {True, False}
    house.neighbours.away = True
    assert "campaigns does not answer now" in (await ines.send(f"{page}/opt-out", {"out": "true"})).text


async def test_the_newest_word_wins(house: House) -> None:
    """Twice, late, and before the person is known."""
    people: People = house.console.people
    await people.fold_opt_outs([word(house, 2, True), word(house, 1, False), word(house, 2, True)])
    person_id = derive("person", "first", "Camille Leroy")
    assert (await people.get(house.brand("first"), person_id) or {})["out"] is True
    assert await people.page([house.brand("first")], Wanted()) == []


@pytest.mark.parametrize(
    ("moods", "found"),
    [({}, ""), ({"neutral": 3}, "neutral"), ({"neutral": 1, "negative": 1}, "negative"), ({"positive": 0}, "")],
)
def test_the_mood_is_what_most_was(moods: dict[str, int], found: str) -> None:
    """Of two that were as frequent, anger is told."""
    assert mostly(moods) == found
    assert Wanted.read({"skip": "-1", "mood": "x", "sort": "y"}) == Wanted()


async def test_who_was_erased_stays_so(house: House, ines: Visitor) -> None:
    """A late fact about what they said, or of their profile, brings nothing back; what they say anew is new."""
    fact = house.received("first", "La vareuse est magnifique", "Camille Leroy")
    await house.console.inbox.fold(folding.text_changes(fact, timedelta(hours=2)))
    await house.console.people.fold([told(house, "Camille Leroy", seq=4)])
    person_id, brand = fact.author.id, house.brand("first")
    page = f"/{brand}/people/{person_id}"
    await ines.see(page)
    answer = await ines.send(f"{page}/erase", {"why": "they asked for it"})
    assert answer.status_code == 303
    row = (await house.console.floor.database.system("requests").find({"kind": "person"}))[0]
    asked = PersonErasureAsked(
        brand_id=brand, interactions=[fact.interaction_id], request_id=row["_id"], at=row["asked_at"],
        **{name: row[name] for name in ("by", "why", "person_id")},
    )  # fmt: skip
    persons = house.console.persons
    await persons.keep(asked)
    assert await persons.work()
    assert not await persons.work()
    await house.console.inbox.fold(folding.text_changes(fact, timedelta(hours=2)))
    await house.console.people.fold([told(house, "Camille Leroy", seq=9)])
    item = await house.item(fact.interaction_id)
    assert (item["text"], item["author"]["name"], item["revisions"]) == ("", "", {})
    assert "Camille" not in await ines.see(f"/{brand}/people")
    assert "Asked of every service: 0 of" in await ines.see(answer.headers["location"])
    await ines.see(page, status=404)
    house.clock.forward(minutes=5)
    await house.console.people.fold([told(house, "Camille Leroy", seq=1)])
    assert "Camille Leroy" in await ines.see(f"/{brand}/people")


async def test_what_comes_in_late_is_asked_for_too(house: House) -> None:
    """Said before, folded after: the next part of the request names it."""
    first = await house.hears("first", "Une vareuse", external="one")
    erasures, brand = house.console.erasures, house.brand("first")
    sent: list[str] = []
    house.console.floor.database.outbox.on_commit(lambda rows: sent.extend(row.message.value.decode() for row in rows))
    person_id = (await house.item(first))["author"]["id"]
    await erasures.ask(brand, person_id, "r-1", "ines", "asked", house.clock())
    await erasures.seek_rest()
    late = await house.hears("first", "Deux vareuses", external="two")
    await erasures.seek_rest()
    await erasures.seek_rest()
    told = [PersonErasureAsked.model_validate_json(one) for one in sent if "interactions" in one]
    assert [(one.part, one.interactions) for one in told] == [(0, [first]), (1, [late])]
