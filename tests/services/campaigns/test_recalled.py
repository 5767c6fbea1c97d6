"""A restored store takes back what it had stated since: nobody's word is forgotten, and nothing is spent unseen."""

from collections.abc import Callable, Sequence
from typing import Any

from shared.events.campaigns.opt_out_changed import OptOutChanged
from shared.events.campaigns.parts import CampaignFact
from shared.events.catalogue import by_type
from tests.services.campaigns.conftest import Office, person

RESTORED = ("paused", "restored")


async def test_what_was_started_after_the_copy_is_off_until_a_person_resumes_it(office: Office) -> None:
    """A draft of the copy whose ads run, and one that the copy does not have: both come back whole, and silent."""
    known = await office.planned(name="Known")
    copy, heard = await copied(office), listening(office)
    await office.desk.start(office.who(), known)
    unknown = await office.runs(name="Unknown", budget=700)
    assert (await office.books(known))["serving"] and (await office.books(unknown))["serving"]
    before = await office.state(unknown)
    await restored(office, copy, heard())
    await office.turn()
    assert [await office.stands(one) for one in (known, unknown)] == [RESTORED, RESTORED]
    assert not (await office.books(known))["serving"] and not (await office.books(unknown))["serving"]
    after = await office.state(unknown)
    assert [after[word] for word in ("name", "budget", "arms")] == [before[word] for word in ("name", "budget", "arms")]
    assert after["seq"] > before["seq"]
    await office.resources.counting().count()
    await office.desk.resume(office.who(), unknown)
    await office.resources.driving().drive()
    assert (await office.books(unknown))["serving"]


async def test_what_was_ended_after_the_copy_stays_ended(office: Office) -> None:
    """A person's stop outlives a copy in which the campaign runs."""
    campaign = await office.runs()
    copy, heard = await copied(office), listening(office)
    await office.desk.end(office.who(), campaign, "the shop has burnt down")
    await office.turn()
    await restored(office, copy, heard())
    await office.turn()
    assert await office.stands(campaign) == ("ended", "person")
    assert not (await office.books(campaign))["serving"]


async def test_what_the_copy_knows_is_left_alone(office: Office) -> None:
    """Told again, and again, it changes nothing and states nothing."""
    heard = listening(office)
    campaign = await office.runs()
    before, told = await office.state(campaign), len(office.told)
    for _ in range(2):
        await office.resources.memory().recall(heard(), 1)
    assert (await office.state(campaign), len(office.told)) == (before, told)


async def test_who_opted_out_after_the_copy_is_not_addressed(office: Office) -> None:
    """Neither whom the copy knows nor whom it has never heard of."""
    await office.people([person(office.brand_id, 1)])
    copy = await copied(office)
    words = [
        OptOutChanged(brand_id=office.brand_id, person_id=f"p{n:05}", seq=1, out=True, at="2026-11-25T09:20:00Z")
        for n in (1, 2)
    ]
    await restored(office, copy, words)
    await office.people([person(office.brand_id, n, seq=2) for n in (1, 2, 3)])
    campaign = await office.planned()
    assert (await office.state(campaign))["audience_size"] == 1


async def copied(office: Office) -> dict[str, list[dict[str, Any]]]:
    """The store as it is now."""
    database = office.resources.floor.database
    return {name: await database.system(name).find({}) for name in ("campaigns", "profiles")}


def listening(office: Office) -> Callable[[], list[CampaignFact]]:
    """The newest fact of each campaign from now on."""
    facts: dict[str, CampaignFact] = {}

    def listen(rows: Sequence[Any]) -> None:
        for row in rows:
            event = by_type()[dict(row.message.headers)["ce_type"].decode()].read(row.message.value)
            if isinstance(event, CampaignFact):
                facts[event.campaign_id] = event

    office.resources.floor.database.outbox.on_commit(listen)
    return lambda: list(facts.values())


async def restored(office: Office, copy: dict[str, list[dict[str, Any]]], facts: Sequence[Any]) -> None:
    """The store is as it was copied, and hears what it had stated itself."""
    database = office.resources.floor.database
    for name, rows in copy.items():
        await database.system(name).delete({})
        await database.system(name).insert_many(rows)
    await office.resources.memory().recall(facts, 1)
