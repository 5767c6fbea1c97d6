"""The calendar: posts where their brand's clock has them, with state and why, and moved by a command to publisher."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.console.store.posts import delivery_stages, post_stages
from shared.events.campaigns.campaign_paused import CampaignPaused
from shared.events.publisher.delivery_failed import DeliveryFailed
from shared.events.publisher.parts import DELIVERY_EXAMPLE, POST_EXAMPLE
from shared.events.publisher.post_drafted import PostDrafted
from tests.services.console.house import House, put
from tests.services.console.test_posts import post_state
from tests.services.console.visitor import Visitor

NOW = datetime(2026, 11, 25, 9, 42, tzinfo=UTC)
WEEK = "/all/calendar/week?on=2026-11-25"


@pytest.fixture(autouse=True)
def a_wednesday(house: House) -> None:
    """25 November 2026, 10:42 in Paris."""
    house.clock.now = NOW


async def test_each_post_stands_on_its_brand_s_day_with_state_and_why(house: House, ines: Visitor) -> None:
    """Also what was refused, and why; what was taken back is gone; another week shows nothing of it."""
    await post(house, "soon", state="scheduled", due_at="2026-11-26T23:30:00Z", title="Night train", approved_by="tom")
    await post(house, "mine", state="draft", due_at="2026-11-27T08:00:00Z", title="Field notes")
    await post(house, "gone", state="cancelled", due_at="2026-11-27T08:00:00Z", title="Taken back")
    await post(house, "film", state="going_out", due_at="2026-11-24T14:00:00Z", title="Skerry film")
    await fails(house, "film", "the token ended")
    page = (await ines.open(WEEK)).text
    assert "23 – 29 November 2026" in page
    assert "Europe/Paris" in page
    assert slot(page, "2026-11-27T00") == ["soon"]
    assert slot(page, "2026-11-27T09") == ["mine"]
    assert slot(page, "2026-11-24T15") == ["film"]
    seen = await ines.see(WEEK)
    assert "Facebook: the token ended" in seen
    assert "approved by tom" in seen
    assert "Taken back" not in seen
    assert "Skerry film" not in await ines.see("/all/calendar/week?on=2026-12-02")
    assert "Skerry film" in await ines.see("/all/calendar/month?on=2026-11-01")


async def test_brands_in_other_zones_stand_at_their_own_time(house: House, ines: Visitor) -> None:
    """Nine in London is nine, and says that it is not Paris."""
    async with house.api() as api:
        body = {"agency_id": f"ag-{house.mark}", "name": "Second Brand", "timezone": "Europe/London"}
        await put(api, f"brands/{house.brand('second')}", body)
    await post(house, "p", brand="second", state="scheduled", due_at="2026-11-26T09:00:00Z")
    page = (await ines.open(WEEK)).text
    assert slot(page, "2026-11-26T09") == ["p"]
    assert "each brand in its own time: Europe/London, Europe/Paris" in await ines.see(WEEK)
    assert slot((await ines.open(f"/{house.brand('second')}/calendar?on=2026-11-26")).text, "2026-11-26T09") == ["p"]


async def test_the_hour_that_the_clock_skips_takes_nothing(house: House, ines: Visitor) -> None:
    """Nor does what has passed; a click on any other opens the composer with that time filled in."""
    house.clock.now = datetime(2026, 3, 27, 9, 42, tzinfo=UTC)
    page = (await ines.open("/all/calendar/week?on=2026-03-27")).text
    assert 'class="slot skip" id="s-2026-03-29T02"' in page
    assert "at=2026-03-29T02:00" not in page
    assert "at=2026-03-27T09:00" not in page
    assert "at=2026-03-29T03:00" in page
    composer = (await ines.open(f"/{house.brand('first')}/posts/new?at=2026-03-29T03:00")).text
    assert 'name="local" value="2026-03-29T03:00"' in composer


async def test_a_post_is_moved_and_moved_back(house: House, ines: Visitor) -> None:
    """The version that was seen goes along; the answer is shown at once, and undo asks for the time before."""
    await post(house, "p", state="scheduled", due_at="2026-11-26T17:30:00Z", title="Blue coat")
    moved = post_state(house, 5, "scheduled", f"{house.mark}-p") | {"due_at": "2026-11-27T13:30:00+00:00"}
    house.neighbours.will("/reschedule", 200, moved | {"title": "Blue coat"})
    form = {"brand": house.brand("first"), "post": f"{house.mark}-p", "seq": "4", "to": "2026-11-27T14:30"}
    await ines.see(WEEK)
    answer = await ines.send(
        "/all/calendar/week/move?on=2026-11-25", form, headers={"HX-Request": "true", "X-CSRF-Token": ines.csrf}
    )
    assert slot(answer.text, "2026-11-27T14") == ["p"]
    assert house.neighbours.asked[-1] == (
        f"/brands/{house.brand('first')}/posts/{house.mark}-p/reschedule",
        {"local": "2026-11-27T14:30"},
    )
    assert "Blue coat: moved to Fri 27 Nov 14:30." in answer.text
    assert 'name="due_at" value="2026-11-26T17:30:00+00:00"' in answer.text
    assert 'name="seq" value="5"' in answer.text


async def test_a_move_that_is_refused_says_why_and_shows_how_it_stands(house: House, ines: Visitor) -> None:
    """Changed meanwhile, passed, an hour that comes twice (with both to choose from), publisher away."""
    await post(house, "p", state="scheduled", due_at="2026-11-26T17:30:00Z", title="Blue coat")
    form = {"brand": house.brand("first"), "post": f"{house.mark}-p", "seq": "4", "to": "2026-11-27T14:30"}
    place = "/all/calendar/week/move?on=2026-11-25"
    await ines.see(WEEK)
    choices = ["2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00"]
    house.neighbours.will("/reschedule", 422, {"detail": "twice", "choices": choices})
    offered = (await act(ines, place, form, 422)).replace("&#43;", "+")
    assert all(f'value="{choice}"' in offered for choice in choices)
    house.neighbours.will("/reschedule", 422, {"detail": "that time has passed", "reason": "past"})
    assert "That time has passed. Choose a later one." in await ines.act(place, form, 422)
    current = post_state(house, 9, "going_out", f"{house.mark}-p") | {"due_at": "2026-11-26T17:30:00+00:00"}
    house.neighbours.will("/reschedule", 409, {"detail": "changed", "current": current})
    page = await act(ines, place, form, 409)
    assert "changed meanwhile" in page
    assert 'data-seq="9"' in page
    house.neighbours.away = True
    assert "publisher does not answer now" in await ines.act(place, form)


async def test_who_may_not_schedule_moves_nothing(house: House, vera: Visitor) -> None:
    """A viewer sees the same chips, none to be picked up; another's brand is not there."""
    await post(house, "p", state="scheduled", due_at="2026-11-26T17:30:00Z", title="Blue coat")
    page = (await vera.open(WEEK)).text
    assert "Blue coat" in page
    assert "data-movable" not in page
    form = {"brand": house.brand("first"), "post": f"{house.mark}-p", "seq": "4", "to": "2026-11-27T14:30"}
    assert (await vera.send("/all/calendar/week/move", form)).status_code == 403
    assert (await vera.send("/all/calendar/week/move", form | {"brand": house.brand("second")})).status_code == 404
    assert (await vera.open(f"/{house.brand('second')}/calendar")).status_code == 404


async def test_holds_and_campaigns_lie_over_the_week(house: House, ines: Visitor) -> None:
    """As long as they last there; what is scheduled at a held brand is held, with why."""
    await post(house, "p", state="scheduled", due_at="2026-11-26T17:30:00Z", title="Blue coat")
    await ines.see(WEEK)
    await ines.send(f"/{house.brand('first')}/hold", {"why": "Lorient parcels", "key": "k1"})
    example = CampaignPaused.EXAMPLE | {"brand_id": house.brand("first"), "first_day": "2026-11-20"}
    paused = CampaignPaused.model_validate(example | {"last_day": "2026-11-26"})
    await house.console.campaigns.fold([paused])
    page, seen = (await ines.open(WEEK)).text, await ines.see(WEEK)
    assert 'class="ev ev-held from-3 long-1"' in page
    assert 'class="ev ev-held from-1 long-4"' in page
    assert "First Brand is held · Lorient parcels" in seen
    assert 'class="p p-held"' in page


async def test_a_draft_keeps_the_time_it_is_meant_for(house: House, ines: Visitor) -> None:
    """It goes along with the text; where only the time changed, that alone is asked for and no approval is voided."""
    brand = house.brand("first")
    house.neighbours.will("/posts", 201, post_state(house, 1, "draft") | {"due_at": "2026-11-27T13:30:00+00:00"})
    form = {"do": "save", "common": "Words", "local": "2026-11-27T14:30", "local_was": ""}
    await ines.send(f"/{brand}/posts/new", form)
    assert house.neighbours.asked[-1][1]["local"] == "2026-11-27T14:30"
    await post(house, "p", state="waiting", due_at="2026-11-27T13:30:00Z", title="")
    house.neighbours.will("/reschedule", 200, post_state(house, 5, "waiting", f"{house.mark}-p"))
    await ines.send(
        f"/{brand}/posts/{house.mark}-p",
        {"do": "save", "seq": "4", "local": "2026-11-28T10:00", "local_was": "2026-11-27T14:30"},
    )
    path, body = house.neighbours.asked[-1]
    assert (path.rpartition("/")[2], body) == ("reschedule", {"local": "2026-11-28T10:00"})


async def act(visitor: Visitor, path: str, form: dict[str, str], status: int) -> str:
    """The part that an act answers with, as it is written."""
    answer = await visitor.send(path, form, headers={"HX-Request": "true", "X-CSRF-Token": visitor.csrf})
    assert answer.status_code == status
    return answer.text


def slot(page: str, at: str) -> list[str]:
    """The names of the posts in one hour of the page."""
    hour = page.partition(f'id="s-{at}"')[2].partition("</div>")[0]
    return [piece.partition('"')[0].partition("-")[2] for piece in hour.split('id="p-')[1:]]


async def post(house: House, name: str, brand: str = "first", **fields: Any) -> None:
    """A post as publisher told of it."""
    body = POST_EXAMPLE | {"brand_id": house.brand(brand), "post_id": f"{house.mark}-{name}", "seq": 4} | fields
    body["renditions"] = [{"channel_id": f"facebook-{house.mark}", "network": "facebook", "text": "Words"}]
    fact = PostDrafted.model_validate(body)
    await house.console.posts.fold([({"_id": fact.post_id, "brand_id": fact.brand_id}, post_stages(fact))])


async def fails(house: House, name: str, why: str) -> None:
    """A network refused it for good."""
    about = {"brand_id": house.brand("first"), "post_id": f"{house.mark}-{name}", "why": why}
    fact = DeliveryFailed.model_validate(
        DeliveryFailed.EXAMPLE | DELIVERY_EXAMPLE | about | {"at": NOW - timedelta(hours=1)}
    )
    await house.console.posts.fold(
        [({"_id": fact.post_id, "brand_id": fact.brand_id}, delivery_stages(fact, "failed", {}))]
    )
