"""Two brands' members see nothing of each other, through any route."""

import pytest
from fastapi.routing import APIRoute

from services.console.store import fold
from shared.errors import Reject
from tests.services.console.house import House
from tests.services.console.visitor import Visitor

SECRET = "Zanzibar marmalade"  # what only the first brand was told


async def test_no_page_shows_another_brand_s_words(house: House, omar: Visitor) -> None:
    """Every page that a member of the second brand can open, for all brands and for the first by its id."""
    first = await house.hears("first", SECRET)
    await house.opens_case(first)
    own = await house.hears("second", "What a lovely morning")
    for route in pages(house):
        for scope in ("all", house.brand("second"), house.brand("first")):
            for item in (first, own):
                path = filled(route.path, scope, item)
                answer = await omar.open(path)
                assert answer.status_code < 500, path
                assert SECRET not in answer.text, path
                if house.brand("first") in path:
                    assert answer.status_code == 404, path


async def test_nobody_acts_on_another_brand_s_items(house: House, omar: Visitor) -> None:
    """Every act on the first brand is "not there" for a member of the second, and no command leaves."""
    item = await house.hears("first", SECRET)
    await house.opens_case(item)
    forms = {"text": "x", "reply_id": "r", "decision": "hide", "revision": "1", "to": "client", "why": "x"}
    more = {"do": "save", "common": "x", "outcome": "absent", "network": "facebook", "base_url": "http://x"}
    for route in acts(house):
        path = filled(route.path, house.brand("first"), item)
        answer = await omar.send(path, forms | more)
        assert answer.status_code in (404, 422), (path, answer.status_code)
    assert house.neighbours.asked == []


@pytest.mark.parametrize("own", ["first", "second"])
async def test_an_item_under_the_wrong_brand_is_not_there(house: House, omar: Visitor, own: str) -> None:
    """The address of one's own brand with another brand's item leads nowhere."""
    item = await house.hears("first", SECRET)
    await omar.see(f"/{house.brand('second')}/inbox/{item}", status=404)
    answer = await omar.send(f"/{house.brand('second')}/inbox/{item}/reply", {"text": "x", "reply_id": "r"})
    assert answer.status_code == 404


async def test_a_viewer_looks_and_touches_nothing(house: House, vera: Visitor) -> None:
    """Reading is all that a viewer may do: every act is refused, and no command leaves."""
    item = await house.hears("first", "Is it open?")
    await house.opens_case(item)
    page = await vera.see(f"/all/inbox/{item}")
    assert "Your role here is to read" in page
    forms = {"text": "x", "reply_id": "r", "decision": "hide", "revision": "1", "to": "client", "why": "x"}
    more = {"do": "save", "common": "x", "outcome": "absent", "network": "facebook", "base_url": "http://x"}
    for route in acts(house):
        if "check" in route.path:
            continue
        answer = await vera.send(filled(route.path, house.brand("first"), item), forms | more)
        assert answer.status_code in (403, 404), (route.path, answer.status_code)
    assert house.neighbours.asked == []


async def test_operations_are_for_operators(house: House, ines: Visitor, omar: Visitor) -> None:
    """For anybody else that door is not there."""
    assert "Operations" in await ines.see("/all/inbox")
    await ines.see("/all/operations")
    assert "Operations" not in await omar.see("/all/inbox")
    await omar.see("/all/operations", status=404)


def pages(house: House) -> list[APIRoute]:
    """Every page with a scope or brand in its address, save endless ones."""
    return [route for route in routes(house) if "GET" in route.methods and route.path != "/events"]


def acts(house: House) -> list[APIRoute]:
    """Every act on a brand's things."""
    return [route for route in routes(house) if "POST" in route.methods and route.path.startswith("/{brand_id}")]


def routes(house: House) -> list[APIRoute]:
    """The pages' routes."""
    found = [route for route in walk(house.app.routes) if isinstance(route, APIRoute)]
    return [route for route in found if route.path.startswith(("/{scope}", "/{brand_id}"))]


def walk(some: list) -> list:  # type: ignore[type-arg]
    """Routes and those of included routers."""
    inner = [route for one in some if hasattr(one, "original_router") for route in walk(one.original_router.routes)]
    return [*some, *inner]


def filled(path: str, scope: str, item: str) -> str:
    """An address with something in each place."""
    places = {
        "scope": scope,
        "brand_id": scope,
        "interaction_id": item,
        "section": "inbox",
        "act": "poll",
        "kind": "week",
    }
    for name, value in {**places, "post_id": item, "channel_id": item, "delivery_id": item}.items():
        path = path.replace(f"{{{name}}}", value)
    return path


async def test_a_fact_about_another_brands_item_ends_at_once(house: House) -> None:
    """It is dead, and holds up nothing: no try would ever find room for it."""
    item = await house.hears("first", "ours")
    theirs = {"_id": item, "brand_id": house.brand("second")}
    with pytest.raises(Reject):
        await house.console.inbox.fold([(theirs, fold.once({"text": "theirs"}))])
    assert (await house.item(item))["text"] == "ours"
