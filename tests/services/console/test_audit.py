"""Who did what, when and why: written once, linked in a chain, shown to managers and admins."""

import asyncio
from datetime import timedelta
from typing import Any

from services.console.domain.effects import row_of
from services.console.store.audit import Asked
from shared.audit import first_broken
from shared.events.publisher.action_taken import ActionTaken
from shared.events.publisher.delivery_failed import DeliveryFailed
from tests.services.console.house import House
from tests.services.console.visitor import Visitor


async def acts(house: House, count: int, brand: str = "first", **more: Any) -> None:
    """Somebody did so many things."""
    for number in range(count):
        said = {"act": "hold.set", "person": "ines", "about": f"h{number}", "at": house.clock(), "details": {}} | more
        await house.console.audit.add_all([{"_id": f"{brand}-{number}-{said['act']}", **_of(house, brand), **said}])


def _of(house: House, brand: str) -> dict[str, str]:
    return {"brand_id": house.brand(brand)}


async def broken(house: House, brand: str = "first") -> tuple[int, str] | None:
    """What `parvis audit verify` would say of the brand."""
    database, of_brand = house.console.floor.database, _of(house, brand)
    links = await database.system("auditChain").find(of_brand, sort="n")
    rows = {row["_id"]: row for row in await database.system("auditLog").find(of_brand)}
    head = await database.system("auditHeads").get({"_id": house.brand(brand)})
    assert head is not None
    return first_broken(links, rows, head)


async def test_what_was_done_is_linked_once_by_whoever_writes(house: House) -> None:
    """Two writers at once, twice: each row has one link, each brand its own chain, and both hold."""
    await acts(house, 5)
    await acts(house, 3, "second")
    for _ in range(2):
        await asyncio.gather(*(house.console.audit.link_waiting() for _ in range(2)))
    chain = house.console.floor.database.system("auditChain")
    assert [await chain.count(_of(house, brand)) for brand in ("first", "second")] == [5, 3]
    assert (await broken(house), await broken(house, "second")) == (None, None)
    log = house.console.floor.database.system("auditLog")
    await log.update({"_id": "first-3-hold.set"}, {"$set": {"person": "tom"}})
    found = await broken(house)
    assert found is not None
    assert found[1] == "its row was changed"


async def test_the_same_fact_or_command_twice_is_one_row(house: House) -> None:
    """Facts come again, people press twice."""
    taken = ActionTaken.example().model_copy(update=_of(house, "first"))
    failed = DeliveryFailed.example().model_copy(update=_of(house, "first"))
    for _ in range(2):
        await house.console.audit.add_all([row_of(taken), row_of(failed)])
    (row,) = await house.console.audit.about(house.brand("first"), taken.interaction_id)
    assert (row["act"], row["details"]["ended"]) == ("network.hide", "done")
    (row,) = await house.console.audit.about(house.brand("first"), failed.post_id)
    assert (row["act"], row["details"]["ended"]) == ("network.post", "failed")
    house.neighbours.will("/replies", 202, {"action_id": "a", "seq": 0})
    said = await house.hears("first", "hello")
    async with house.api() as api:
        for _ in range(2):
            headers = {"Idempotency-Key": "k", "X-Parvis-Person": "tom"}
            path = f"brands/{house.brand('first')}/replies"
            assert (await api.post(path, json={"interaction_id": said, "text": "x"}, headers=headers)).is_success
    rows = await house.console.audit.page([house.brand("first")], Asked(act="publisher"))
    assert [(one["act"], one["person"]) for one in rows] == [("publisher.replies", "tom")]


async def test_the_page_is_for_managers_and_filters(house: House, ines: Visitor, omar: Visitor, vera: Visitor) -> None:
    """By person, kind and time; a moderator and a viewer are refused, another brand's rows are nowhere."""
    first, second = house.brand("first"), house.brand("second")
    await acts(house, 1, person=house.login("ines"), details={"why": "Lorient parcels", "steps": ["posts"]})
    await acts(house, 1, person="tom", act="moderation.decide", details={"decision": "hide", "reason": "insult"})
    await acts(house, 1, person="tom", act="key.made", at=house.clock() - timedelta(days=3))
    page = await ines.see(f"/{first}/audit")
    assert all(
        words in page for words in ("held the brand", "Lorient parcels", "hide, insult", "made a key", "Ines B.")
    )
    assert "in a moment" in page
    await house.console.audit.link_waiting()
    assert "in a moment" not in await ines.see("/all/audit")
    only = await ines.see(f"/{first}/audit?person=tom&act=moderation")
    assert "decided" in only
    assert "Lorient parcels" not in only
    yesterday = (house.clock() - timedelta(days=1)).date().isoformat()
    assert "made a key" not in await ines.see(f"/{first}/audit?from={yesterday}")
    assert "made a key" in await ines.see(f"/{first}/audit?to={yesterday}&act=nonsense&from=nonsense")
    assert "Lorient parcels" not in await ines.see(f"/{second}/audit")
    await omar.see(f"/{second}/audit", status=403)
    await vera.see(f"/{first}/audit", status=403)
    await omar.see(f"/{first}/audit", status=404)


async def test_a_long_log_goes_on_with_what_is_older(house: House, ines: Visitor) -> None:
    """A hundred rows a page, and a way to the rest."""
    brand, now = house.brand("first"), house.clock()
    rows = [
        {"_id": f"r{number}", "brand_id": brand, "act": "inbox.take", "person": "tom", "about": f"about-{number}-"}
        | {"at": now - timedelta(seconds=number), "details": {}}
        for number in range(130)
    ]
    await house.console.audit.add_all(rows)
    page = (await ines.open(f"/{brand}/audit")).text
    assert ("about-99-" in page, "about-100-" in page) == (True, False)
    older = page.partition('class="btn" href="')[2].partition('"')[0].replace("&amp;", "&")
    page = await ines.see(older)
    assert ("about-99-" in page, "about-100-" in page, "about-129-" in page) == (False, True, True)


async def test_a_row_is_told_in_words(house: House, ines: Visitor) -> None:
    """What a network did, what was done to a campaign, and for when, in the reader's language and by the brand's clock;
    a clock that is not the page's says so, and a post that left at its hour was sent by no rule."""
    async with house.api() as api:
        body = {"agency_id": f"ag-{house.mark}", "name": "Second Brand", "timezone": "America/Montreal"}
        assert (await api.put(f"brands/{house.brand('second')}", json=body)).is_success
    taken = ActionTaken.example().model_copy(update={**_of(house, "first"), "at": house.clock()})
    sent = DeliveryFailed.example().model_copy(update={**_of(house, "first"), "at": house.clock()})
    await house.console.audit.add_all([row_of(taken), row_of(sent)])
    await acts(house, 1, act="campaigns.start")
    await acts(house, 1, "second", act="publisher.schedule", details={"due_at": "2031-11-27T17:00:00+00:00"})
    await acts(house, 1, act="publisher.reschedule", details={"local": "2031-11-28T09:30"})
    page = await ines.see("/all/audit")
    for words in (
        "done, Facebook",
        "a network refused to publish",
        "started a campaign",
        "Thu 27 Nov 12:00",
        "Fri 28 Nov 09:30",
        "– ",
        "UTC−",
    ):
        assert words in page
    assert "UTC" not in await ines.see(f"/{house.brand('first')}/audit")
    await ines.send("/preferences", {"language": "fr"})
    assert "a lancé une campagne" in await ines.see("/all/audit")
