"""The demo's calendar is believable, and planning it again adds nothing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from parvis.demo.plans import HOURS, plans, voices
from parvis.simulator.brands import demo_brands

NOW = datetime(2026, 11, 21, 15, 4, 5, tzinfo=UTC)
LONGEST = 300  # Bluesky's, the tightest of the networks


def test_planning_again_on_the_same_day_plans_the_same_posts() -> None:
    """The same ids, so that what is there already is left alone; only the one that goes out soon is new."""
    first, second = (plans(demo_brands(), NOW + timedelta(hours=later)) for later in (0, 3))
    assert first[1:] == second[1:]
    assert first[0].post_id != second[0].post_id


def test_one_post_goes_out_soon_and_the_others_in_the_next_days_at_office_hours() -> None:
    """Each at a full hour of its brand's own time zone, none in the past."""
    soon, *ahead = plans(demo_brands(), NOW)
    zones = {brand.slug: ZoneInfo(brand.time_zone) for brand in demo_brands()}
    assert timedelta(0) < soon.due_at - NOW < timedelta(minutes=2)
    assert all(NOW < plan.due_at < NOW + timedelta(days=7) for plan in ahead)
    assert {plan.due_at.astimezone(zones[plan.brand_id]).hour for plan in ahead} == set(HOURS)


def test_every_brand_has_something_coming_and_some_of_it_waits_for_people() -> None:
    """Scheduled, waiting for approval, and drafts."""
    planned = plans(demo_brands(), NOW)
    assert {plan.brand_id for plan in planned} == {brand.slug for brand in demo_brands()}
    assert {plan.until for plan in planned} == {"scheduled", "waiting", "draft"}
    assert len({plan.post_id for plan in planned}) == len(planned)


def test_every_brand_speaks_and_no_network_finds_it_too_long() -> None:
    """The texts fit the tightest network."""
    assert voices().keys() == {brand.slug for brand in demo_brands()}
    assert max(len(text) for texts in voices().values() for text in texts) <= LONGEST
