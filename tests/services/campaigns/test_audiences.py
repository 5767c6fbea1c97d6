"""Whom a campaign addresses: kept as people speak, counted anew where criteria change, shown before money is spent."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from services.campaigns.api.audiences import Circles
from services.campaigns.api.shapes import Asked
from services.campaigns.store.persons import persons
from shared.events.console.person_erasure_asked import PersonErasureAsked
from tests.services.campaigns.conftest import Office, person

LOUD = ["said >= 3", 'network == "facebook"']
FRENCH = ['place.country == "FR"']
LOYAL = ['"loyal" in labels']


async def size(office: Office, campaign_id: str) -> int | None:
    """As the plan shows it, after a count."""
    await office.resources.counting().count()
    found: int | None = (await office.state(campaign_id))["audience_size"]
    return found


async def test_membership_follows_every_fact(office: Office) -> None:
    """In batches, twice and out of order; it is always what a count of all would say."""
    await office.people([person(office.brand_id, number) for number in range(300)])
    one, everybody = await office.planned(criteria=LOUD), await office.planned()
    loud = sum(1 + number % 7 >= 3 for number in range(300))
    assert (await size(office, one), await size(office, everybody)) == (loud, 300)
    louder = [person(office.brand_id, number, seq=3, said=9) for number in range(0, 300, 7)]
    stale = [person(office.brand_id, number, seq=2, said=1) for number in range(300)]
    await office.people([*louder, *stale[:150], *louder, *stale[:150]])
    await office.people([person(office.brand_id, 900, said=5), person(f"{office.brand_id}-other", 1, said=5)])
    now = datetime.now(UTC)
    counted, _ = await office.resources.profiles.preview(office.brand_id, tuple(LOUD), now, 3)
    assert await size(office, one) == counted
    assert await size(office, everybody) == 301


async def test_other_criteria_are_another_audience(office: Office) -> None:
    """Counted anew, and nobody of the old one is left in it."""
    await office.people([person(office.brand_id, number) for number in range(50)])
    one = await office.planned(criteria=LOUD)
    await office.desk.change(office.who(), one, office.plan(criteria=["said >= 7"]))
    assert (await office.state(one))["audience_size"] is None
    assert await size(office, one) == 7


async def test_who_opted_out_is_never_in(office: Office) -> None:
    """Neither in a sample, nor in what the network is told, whatever they say later."""
    await office.people([person(office.brand_id, number) for number in range(10)])
    made = office.resources
    circles = Circles(made.floor, made.profiles, made.epochs, made.answers)
    await circles.opt_out(office.who(), "p00003", True)
    await office.people([person(office.brand_id, 3, seq=9)])
    shown = (await circles.preview(office.brand_id, Asked())).body
    assert shown["size"] == 9
    assert "p00003" not in [one["person_id"] for one in shown["sample"]]
    one = await office.runs(budget=900_000)
    assert (await office.state(one))["audience_size"] == (await office.books(one))["audience"] == 9
    await circles.opt_out(office.who(), "p00003", False)
    assert await size(office, one) == 10


async def members(office: Office, criteria: list[str]) -> list[str]:
    """Who would belong to such an audience."""
    now = datetime.now(UTC)
    _, sample = await office.resources.profiles.preview(office.brand_id, tuple(criteria), now, 100)
    return sorted(one["person_id"] for one in sample)


async def test_where_people_live_is_what_other_systems_say(office: Office) -> None:
    """Before or after they are known to speak; whoever is no longer that contact lives nowhere."""
    await office.hears_of_contact(1, "p00001", "p00002", country="FR", city="Brest")
    await office.people([person(office.brand_id, number) for number in range(4)])
    one = await office.planned(criteria=FRENCH)
    assert await size(office, one) == 2
    await office.hears_of_contact(2, "p00002", "p00003", country="FR", city="Quimper")
    assert await members(office, FRENCH) == ["p00002", "p00003"]
    assert await members(office, ['place.city == "Brest"']) == []
    await office.hears_of_contact(3, "p00002", "p00003", country="BE")
    assert await size(office, one) == 0


async def test_contacts_lead_to_the_same_whatever_came_first(office: Office) -> None:
    """Twice, late and shuffled, of two systems: the place that was said last, every label."""
    now, tries = datetime.now(UTC), range(6)
    await office.people([person(office.brand_id, number) for number in range(2 * len(tries))])
    for seed in tries:
        one, other = f"p{2 * seed:05}", f"p{2 * seed + 1:05}"
        belgian: dict[str, Any] = {"country": "BE", "labels": ["new"]}
        french: dict[str, Any] = {"country": "FR", "labels": ["loyal"], "at": now + timedelta(seconds=9)}
        told = [
            ("shop", 1, [one], belgian | {"at": now}),
            ("shop", 2, [one, other], french),
            ("shop", 3, [other], french),
            ("club", 1, [other], belgian | {"at": now + timedelta(seconds=2)}),
        ] * 2
        random.Random(seed).shuffle(told)
        for name, seq, people, more in told:
            await office.hears_of_contact(seq, *people, name=f"{name}{seed}", **more)
    linked = [f"p{2 * seed + 1:05}" for seed in tries]
    assert await members(office, FRENCH) == linked
    assert await members(office, ['"new" in labels', *LOYAL]) == linked
    assert await members(office, ["size(labels) == 0"]) == [f"p{2 * seed:05}" for seed in tries]


async def test_who_was_unlinked_is_not_linked_by_a_late_word(office: Office) -> None:
    """That a contact is nobody any more is kept, though it concerned nobody when it came."""
    await office.people([person(office.brand_id, 1)])
    await office.hears_of_contact(2, country="FR")
    await office.hears_of_contact(1, "p00001", country="FR")
    assert await members(office, FRENCH) == []


async def test_who_was_erased_lives_nowhere(office: Office) -> None:
    """Of what was said of them before, nothing is kept and nothing comes back late."""
    database, now = office.resources.floor.database, datetime.now(UTC)
    await office.people([person(office.brand_id, 1)])
    await office.hears_of_contact(1, "p00001", country="FR", city="Brest", at=now)
    asked = PersonErasureAsked.example().model_copy(
        update={
            "brand_id": office.brand_id,
            "person_id": "p00001",
            "interactions": [],
            "at": now + timedelta(seconds=1),
        }
    )
    await persons(database).keep(asked)
    assert await persons(database).work()
    (row,) = await database.system("contacts").find({"brand_id": office.brand_id})
    assert (row["country"], row["city"], row["labels"], row["authors"]) == ("", "", [], [])
    await office.hears_of_contact(2, "p00001", country="FR", at=now)
    await office.people([person(office.brand_id, 1, seq=2, last_seen_at=now + timedelta(seconds=5))])
    assert await members(office, []) == ["p00001"]
    assert await members(office, FRENCH) == []
