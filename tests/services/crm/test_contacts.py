"""Another system says who a person is: once said is enough, said again changes nothing."""

import pytest
from pydantic import ValidationError

from services.crm.api.contacts import Book, Given
from shared.events.catalogue import by_type
from shared.events.crm.parts import ContactFact
from tests.services.crm.conftest import Crm

HELENE = Given(name="Hélène Riou", url="https://crm.example/C-1", labels=["loyal"], authors=["author-1"])


def book(crm: Crm) -> Book:
    """Where contacts are said."""
    return Book(crm.made.floor, crm.made.contacts, crm.made.epochs, crm.made.answers)


def stated(crm: Crm) -> list[ContactFact]:
    """The facts about contacts, in order."""
    read = [by_type()[dict(row.message.headers)["ce_type"].decode()].read(row.message.value) for row in crm.told]
    return [fact for fact in read if isinstance(fact, ContactFact)]


async def test_the_same_contact_again_states_nothing(crm: Crm) -> None:
    """However often, and under whichever key; its number stays."""
    answers = [await book(crm).put(crm.who(), "C-1", HELENE) for _ in range(3)]
    assert [one.body["seq"] for one in answers] == [1, 1, 1]
    assert crm.names() == ["ContactLinked", "ContactUpdated"]


async def test_a_further_author_is_linked_and_nothing_else_is_said(crm: Crm) -> None:
    """The fact names who is new, and carries the whole state."""
    await book(crm).put(crm.who(), "C-1", HELENE)
    crm.told.clear()
    await book(crm).put(crm.who(), "C-1", HELENE.model_copy(update={"authors": ["author-1", "author-2"]}))
    (fact,) = stated(crm)
    assert crm.names() == ["ContactLinked"]
    assert (fact.model_dump()["linked"], fact.authors, fact.seq) == (["author-2"], ["author-1", "author-2"], 2)


async def test_an_author_taken_off_is_an_update(crm: Crm) -> None:
    """So is another name."""
    await book(crm).put(crm.who(), "C-1", HELENE)
    crm.told.clear()
    await book(crm).put(crm.who(), "C-1", HELENE.model_copy(update={"authors": []}))
    await book(crm).put(crm.who(), "C-1", HELENE.model_copy(update={"authors": [], "name": "H. Riou"}))
    assert crm.names() == ["ContactUpdated", "ContactUpdated"]
    assert [(fact.name, fact.authors) for fact in stated(crm)] == [("Hélène Riou", []), ("H. Riou", [])]


async def test_where_a_contact_lives_is_an_update(crm: Crm) -> None:
    """Its country is one of two letters; what was kept before places were told is the same contact."""
    await book(crm).put(crm.who(), "C-1", HELENE)
    rows = crm.made.floor.database.system("contacts")
    await rows.update({"brand_id": crm.brand_id}, {"$unset": {"country": "", "city": ""}})
    again = await book(crm).put(crm.who(), "C-1", HELENE)
    assert again.body["seq"] == 1
    crm.told.clear()
    await book(crm).put(crm.who(), "C-1", HELENE.model_copy(update={"country": "FR", "city": "Brest"}))
    assert crm.names() == ["ContactUpdated"]
    assert [(fact.country, fact.city) for fact in stated(crm)] == [("FR", "Brest")]
    with pytest.raises(ValidationError, match="country"):
        Given(country="France")


async def test_each_brand_has_its_own(crm: Crm) -> None:
    """The same name in another brand's system is another contact."""
    own = await book(crm).put(crm.who(), "C-1", HELENE)
    other = await book(crm).put(crm.who(brand_id=f"{crm.brand_id}-2"), "C-1", HELENE)
    assert own.body["contact_id"] != other.body["contact_id"]
    assert (await book(crm).read(crm.brand_id, "C-1")).body["brand_id"] == crm.brand_id
