"""A person is erased while alerts about them stand in lists, digests and mails: none ever tells of them."""

from datetime import timedelta
from typing import Any

import pymongo
from bson import encode

from parvis.letterbox.box import Box
from shared.events.console.person_erasure_asked import PersonErasureAsked
from shared.events.ids import derive
from shared.events.insights.person_changed import PersonChanged
from tests.services.console.alarms import Open, hears_crisis, suspected, turn
from tests.services.console.house import House
from tests.services.console.visitor import Visitor

NAME, SAID = "Ondine Vasseur", "zephyrine you are thieves"


def left(house: House, mongo_uri: str) -> set[str]:
    """The collections in which the person or their words stand."""
    with pymongo.MongoClient[dict[str, Any]](mongo_uri) as client:
        database = client[house.console.floor.database.name]
        return {
            name
            for name in database.list_collection_names()
            if any(one in encode(row) for row in database[name].find() for one in (b"Ondine", b"zephyrine"))
        }


async def test_no_alert_digest_or_mail_tells_of_an_erased_person(
    house: House, desk_of: Open, box: Box, ines: Visitor, mongo_uri: str
) -> None:
    """A mail that was cut off and is sent again, a digest that waits, a webhook's call, the list: each of all kinds."""
    await house.console.alerting.hooks.add(
        {"_id": "h", "agency_id": f"ag-{house.mark}", "url": "https://a.example", "kinds": ["case", "late", "crisis"]}
        | {"created_at": house.clock()}
    )
    desk, person_id = desk_of(), derive("person", "first", NAME)
    kinds = {"late": "now", "case": "now", "crisis": "daily"}
    daily_at = f"{house.clock() + timedelta(hours=12):%H:%M}"  # within 23 hours, whenever this runs
    await desk.people.choose(house.login("ines"), {"kinds": kinds, "daily_at": daily_at, "zone": "UTC"})
    await desk.watcher.look()
    said = [await house.hears("first", f"{SAID} {number}", author=NAME, ago=119) for number in range(2)]
    await house.opens_case(said[0], why=f"insult in {SAID}")
    about = {"brand_id": house.brand("first"), "person_id": person_id, "name": NAME, "last_seen_at": house.clock()}
    await house.console.people.fold([PersonChanged.example().model_copy(update=about)])
    box.plans = ["drop"]
    house.clock.forward(minutes=61)
    await desk.watcher.look()
    await hears_crisis(house, desk, suspected(house))
    await turn(desk)
    assert {"interactions", "people"} <= left(house, mongo_uri)
    assert {
        one["kind"] for one in await desk.alerts.of(house.login("ines"), [house.brand("first")], operator=True)
    } == {
        "late",
        "case",
        "crisis",
    }
    asked = {"brand_id": house.brand("first"), "person_id": person_id, "interactions": said, "at": house.clock()}
    await house.console.persons.keep(PersonErasureAsked.example().model_copy(update=asked))
    assert await house.console.persons.work()
    assert left(house, mongo_uri) == set()
    (mail,) = await desk.mails.troubled()
    assert await desk.mails.again(mail["_id"], house.clock())
    house.clock.forward(hours=23)
    await turn(desk)
    assert len(box.letters) == 3
    for letter in box.letters:
        assert NAME not in str(letter.message)
        assert "zephyrine" not in str(letter.message)
    page = await (await ines.sign_in(house.login("ines"))).see("/all/alerts")  # a day later she signs in again
    assert "First Brand" in page
    assert "Ondine" not in page
    assert left(house, mongo_uri) == set()
