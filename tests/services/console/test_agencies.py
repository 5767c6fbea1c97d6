"""Two agencies on one deployment: the people of each see nothing of the other."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.services.console.house import House, put
from tests.services.console.test_tenants import acts, filled, pages
from tests.services.console.visitor import PASSWORD, Visitor

FORMS = {"text": "x", "reply_id": "r", "decision": "hide", "revision": "1", "to": "client", "why": "x", "do": "save"}
MORE = {"common": "x", "outcome": "absent", "network": "facebook", "base_url": "http://x"}


@dataclass(frozen=True, slots=True)
class Side:
    """An agency's brand with its admin, what was said to it, and the words that nobody else may read."""

    brand: str
    admin: Visitor
    item: str
    words: tuple[str, ...]


@pytest.fixture
async def sides(house: House, visitor: Callable[..., Visitor]) -> tuple[Side, Side]:
    """Each with an admin of all its agency's brands, a channel, and a case."""
    first = await settle(house, visitor(), "first", f"ag-{house.mark}", "Zanzibar marmalade")
    return first, await settle(house, visitor(), "far", f"far-{house.mark}", "Kamchatka honey")


async def settle(house: House, browser: Visitor, brand: str, agency: str, secret: str) -> Side:
    login, name, channel = house.login(f"admin-{brand}"), f"{brand.title()} Brand", f"Channel of {brand} {house.mark}"
    async with house.api() as api:
        await put(api, f"agencies/{agency}", {"name": f"Agency {brand}"})
        await put(api, f"brands/{house.brand(brand)}", {"agency_id": agency, "name": name})
        where = {"brand_id": house.brand(brand), "network": "facebook", "base_url": "http://127.0.0.1:1"}
        account = {"account_id": f"{brand}-{house.mark}", "name": channel, "token": "t"}
        await put(api, f"channels/ch-{house.brand(brand)}", where | account)
        person = {"name": f"Admin {brand}", "agency_id": agency, "password": PASSWORD}
        await put(api, f"members/{login}", person | {"roles": {"*": "admin"}})
    house.further.append(brand)
    item = await house.hears(brand, secret)
    await house.opens_case(item)
    return Side(house.brand(brand), await browser.sign_in(login), item, (secret, name, channel))


async def test_no_page_shows_another_agency_s_words(house: House, sides: tuple[Side, Side]) -> None:
    """Every page, by either admin, under all brands, one's own and the other's, with either's item."""
    shown = 0
    for own, other in (sides, sides[::-1]):
        for route in pages(house):
            for scope in ("all", own.brand, other.brand):
                for item in (own.item, other.item):
                    path = filled(route.path, scope, item)
                    answer = await own.admin.open(path)
                    assert [word for word in other.words if word in answer.text] == [], path
                    assert answer.status_code == 404 or scope != other.brand, path
                    shown += own.words[0] in answer.text
    assert shown > len(sides), "the pages showed nothing at all"


async def test_nobody_acts_on_another_agency_s_brand(house: House, sides: tuple[Side, Side]) -> None:
    """Every act, by either admin on the other's things, is "not there", and no command leaves."""
    for own, other in (sides, sides[::-1]):
        for route in acts(house):
            for scope, item in ((other.brand, other.item), (own.brand, other.item)):
                path = filled(route.path, scope, item)
                theirs = {"brand": other.brand, "post": other.item, "seq": "1"}
                answer = await own.admin.send(path, FORMS | MORE | theirs)
                assert not any(word in answer.text for word in other.words), path
                assert scope == own.brand or answer.status_code in (404, 422), (path, answer.status_code)
    assert [path for path, _ in house.neighbours.asked if sides[0].item in path or sides[1].item in path] == []


async def test_a_member_has_roles_on_the_brands_of_their_agency_alone(house: House, sides: tuple[Side, Side]) -> None:
    """A role on another agency's brand, or on one that is nobody's yet, is refused by its name."""
    async with house.api() as api:
        for brand in (sides[1].brand, "nobody-s"):
            body = {"name": "Eve", "agency_id": f"ag-{house.mark}", "password": PASSWORD, "roles": {brand: "viewer"}}
            answer = await api.put(f"members/{house.login('eve')}", json=body)
            assert (answer.status_code, brand in answer.json()["detail"]) == (422, True)


async def test_a_brand_that_changes_agency_leaves_its_people_behind(house: House, sides: tuple[Side, Side]) -> None:
    """The old agency's admin sees it no more, the new one's does; changing its name moves nobody."""
    (first, far), words = sides, sides[0].words[0]
    async with house.api() as api:
        key = await house.console.keys.make(first.brand, "their CRM", "chief", house.clock())
        await put(api, f"brands/{first.brand}", {"agency_id": f"ag-{house.mark}", "name": "Renamed"})
        assert words in await first.admin.see("/all/inbox?queue=all")
        assert await house.console.keys.find(first.brand, key)
        await put(api, f"brands/{first.brand}", {"agency_id": f"far-{house.mark}", "name": "Renamed"})
    assert words not in await first.admin.see("/all/inbox?queue=all")
    await first.admin.see(f"/{first.brand}/inbox", status=404)
    assert words in await far.admin.see("/all/inbox?queue=all")
    assert await house.console.keys.find(first.brand, key) is None
