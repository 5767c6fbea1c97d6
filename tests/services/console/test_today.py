"""Today: what waits for this person in their brands, and where each line leads."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.events.campaigns.campaign_paused import CampaignPaused
from tests.services.console.house import House, put
from tests.services.console.test_calendar import fails, post
from tests.services.console.visitor import Visitor

NOW = datetime(2026, 11, 25, 9, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_wednesday(house: House) -> None:
    """25 November 2026, 10:42 in Paris."""
    house.clock.now = NOW


async def test_a_quiet_day_says_so_and_is_the_page_after_sign_in(ines: Visitor) -> None:
    """Nothing is made up where nothing waits."""
    page = await ines.see("/")
    assert "Hello Ines" in page
    assert "Wednesday 25 November, 10:42" in page
    assert "Nothing waits" in page
    assert "Nothing goes out today." in page


async def test_late_answers_and_cases_lead_to_where_they_are_given(house: House, ines: Visitor) -> None:
    """With how late the oldest is; a case is late against the same promise; the soon ones come after."""
    await house.hears("first", "Where is my parcel?", ago=180)
    await house.hears("first", "Do you ship to Brest?", ago=100)
    insult = await house.hears("second", "Idiots", ago=150)
    await house.opens_case(insult)
    house.clock.forward(minutes=5)
    page = await ines.see("/all/today")
    assert "1 answer is late First Brand · the oldest is 1\xa0h\xa005 late" in page
    assert "1 answer within the hour" in page
    assert "1 case waits for a decision the oldest has waited 5\xa0min · 1 later than its promised answer" in page
    html = (await ines.open("/all/today")).text
    assert html.index("answer is late") < html.index("within the hour")
    assert 'href="/all/inbox?queue=late"' in html
    assert 'href="/all/moderation"' in html


async def test_posts_that_need_someone_lead_to_themselves(house: House, ines: Visitor) -> None:
    """Refused, late after a hold, waiting for my approval; not my own, which another approves."""
    await post(house, "film", state="failed", due_at="2026-11-24T14:00:00Z", title="Skerry film")
    await fails(house, "film", "the token ended")
    await post(house, "coat", state="late", due_at="2026-11-25T07:00:00Z", title="Blue coat")
    await post(house, "theirs", state="waiting", author="tom", title="Road trip", due_at="2026-11-27T07:00:00Z")
    await post(house, "own", state="waiting", author=house.login("ines"), title="My own")
    page, html = await ines.see("/all/today"), (await ines.open("/all/today")).text
    assert "1 post was refused First Brand: Skerry film" in page
    assert "1 post is too late to leave by itself First Brand: Blue coat" in page
    assert "1 post to approve First Brand: Road trip" in page
    for name in ("film", "coat", "theirs"):
        assert f'href="/{house.brand("first")}/posts/{house.mark}-{name}"' in html
    assert "My own" not in page


async def test_what_goes_out_today_stands_around_now(house: House, ines: Visitor) -> None:
    """By the brand's clock: tomorrow in Greenwich is today no more in Paris."""
    await post(house, "out", state="published", due_at="2026-11-25T07:00:00Z", title="Morning coffee")
    await post(house, "soon", state="scheduled", due_at="2026-11-25T16:00:00Z", title="Overnight oats")
    await post(house, "next", state="scheduled", due_at="2026-11-25T23:30:00Z", title="Past midnight")
    page = await ines.see("/all/today")
    before, _, after = page.partition("10:42 now")
    assert "08:00 Fb Morning coffee out" in before
    assert "17:00 Fb Overnight oats scheduled" in after
    assert "Past midnight" not in page


async def test_channels_and_campaigns_that_stand_still_say_why(house: House, ines: Visitor, vera: Visitor) -> None:
    """And nobody is told of another's brand."""
    async with house.api() as api:
        body = {"brand_id": house.brand("second"), "network": "facebook", "account_id": house.mark, "name": "Second"}
        more = {"base_url": "http://127.0.0.1:1", "token": "a token"}
        await put(api, f"channels/fb-{house.mark}", body | more)
    brand = house.brand("second")
    lost = {"status": "lost", "lost_why": "the password was changed"}
    await house.console.directory.change_channel(brand, f"fb-{house.mark}", lost, NOW)
    example: dict[str, Any] = CampaignPaused.EXAMPLE | {"brand_id": brand, "name": "Winter", "cause": "crisis"}
    await house.console.campaigns.fold([CampaignPaused.model_validate(example)])
    page = await ines.see("/all/today")
    assert "Second Brand, Second: token ended" in page
    assert "Winter is paused Second Brand" in page
    assert "Second" not in await vera.see("/all/today")


async def test_what_some_networks_refused_is_not_told_for_ever(house: House, visitor: Callable[..., Visitor]) -> None:
    """The post is out elsewhere and nobody can send it again: after a week the list of posts has it, Today no more."""
    await post(house, "film", state="published", due_at="2026-11-24T14:00:00Z", title="Skerry film")
    await fails(house, "film", "too long")
    for days, told in ((0, True), (8, False)):
        house.clock.now = datetime.now(UTC) + timedelta(days=days)
        ines = await visitor().sign_in(house.login("ines"))
        assert ("Skerry film" in (await ines.see("/all/today")).partition("Going out today")[0]) == told
