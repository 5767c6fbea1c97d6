"""Insights in the console: any period, as charts and as a table, and a banner while a crisis lasts."""

import csv
import io
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console.domain.reports import Period, guarded, half_within, stretches, whole
from shared.events.insights.crisis_eased import CrisisEased
from shared.events.insights.crisis_suspected import CrisisSuspected
from shared.events.insights.hour_counted import HourCounted
from shared.events.insights.person_changed import PersonChanged
from tests.services.console.house import House
from tests.services.console.visitor import Visitor

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def hour(brand: str, seq: int, **more: Any) -> HourCounted:
    """An hour of the brand's first channel."""
    told: dict[str, Any] = {"brand_id": brand, "channel_id": f"ch-{brand}", "hour": NOW, "seq": seq}
    return HourCounted.example().model_copy(update=told | more)


async def test_the_newest_values_of_an_hour_win(house: House) -> None:
    """Told twice, late and in any order."""
    series, brand = house.console.series, house.brand("first")
    facts = [hour(brand, seq, said=seq) for seq in range(1, 8)] * 2
    random.Random(5).shuffle(facts)
    await series.fold(facts[:9])
    await series.fold(facts[9:])
    (row,) = await series.between([brand], NOW, NOW + timedelta(hours=1))
    assert (row["said"], row["seq"]) == (7, 7)


async def test_the_last_hours_of_a_brand_add_up(house: House) -> None:
    """Every channel's hour from then on, of the brands that are asked for."""
    series, brand, other = house.console.series, f"sums-{house.mark}", f"others-{house.mark}"
    values: dict[str, Any] = {"said": 5, "judged": 4, "answered": 2}
    earlier = NOW - timedelta(hours=1)
    hours = [hour(brand, 1, **values), hour(brand, 1, channel_id="second", **values)]
    hours += [hour(brand, 1, hour=earlier, **values), hour(other, 1, **values)]
    await series.fold(hours)
    assert await series.since([brand], NOW) == {brand: {"came_in": 10, "judged": 8, "answered": 4}}
    assert (await series.since([brand], earlier + timedelta(minutes=59)))[brand]["came_in"] == 15


async def test_the_page_shows_a_period_in_both_languages(house: House, ines: Visitor) -> None:
    """Figures, charts, threads and people of the brands that were granted, and nobody else's."""
    brand, other = house.brand("first"), f"other-{house.mark}"
    await house.console.series.fold([hour(brand, 90, said=1234), hour(other, 1, said=77_777)])
    person = {"brand_id": brand, "person_id": f"p-{house.mark}", "name": "Hélène <b>R.</b>", "last_seen_at": NOW}
    await house.console.people.fold([PersonChanged.example().model_copy(update=person)])
    page = (await ines.open(f"/{brand}/insights")).text
    assert "1,234" in page or "1\u202f234" in page
    assert "77,777" not in page
    assert "Hélène &lt;b&gt;R.&lt;/b&gt;" in page
    assert "<svg" in page
    assert "style=" not in page
    assert "77777" not in (await ines.open("/all/insights.csv")).text
    await ines.see(f"/{other}/insights", status=404)
    await ines.see(f"/{other}/insights.csv", status=404)
    assert "Nothing was said" in await ines.see(f"/{brand}/insights?from=2020-01-01&to=2020-01-02")


async def test_the_table_is_safe_to_open(house: House, ines: Visitor) -> None:
    """A channel named like a formula is text to a spreadsheet; every hour is a row."""
    brand = house.brand("first")
    await house.console.series.fold([hour(brand, 95, network='=HYPERLINK("https://evil.example")', said=3)])
    rows = list(csv.DictReader(io.StringIO((await ines.open(f"/{brand}/insights.csv")).text)))
    assert [row["network"] for row in rows] == ['\'=HYPERLINK("https://evil.example")']
    assert rows[0]["said"] == "3"


async def test_a_crisis_is_on_the_inbox_until_it_eases(house: House, ines: Visitor) -> None:
    """The later fact wins, even when it comes first."""
    brand = house.brand("first")
    about = {"brand_id": brand, "since": NOW}
    begun = CrisisSuspected.example().model_copy(update=about | {"seq": 1, "learning": True})
    over = CrisisEased.example().model_copy(update=about | {"seq": 2})
    await house.console.signals.fold([(begun, "suspected")])
    page = await ines.see("/all/inbox")
    assert "more anger than usual" in page
    assert "still learning" in page
    await house.console.signals.fold([(over, "eased"), (begun, "suspected")])
    assert "more anger than usual" not in await ines.see("/all/inbox")


async def test_many_crises_leave_room_for_the_work(house: House, ines: Visitor) -> None:
    """Two are told in full; of more, one line names each brand and leads to it."""
    for number in range(3):
        about = {"brand_id": house.brand(f"angry-{number}"), "since": NOW, "seq": 1}
        async with house.api() as api:
            body = {"agency_id": f"ag-{house.mark}", "name": f"Angry {number}", "timezone": "Europe/Paris"}
            assert (await api.put(f"brands/{about['brand_id']}", json=body)).is_success
        await house.console.signals.fold([(CrisisSuspected.example().model_copy(update=about), "suspected")])
        if number == 1:
            assert "Angry 1 hears far more anger than usual, since" in await ines.see("/all/inbox")
    page = await ines.see("/all/inbox")
    assert "3 brands hear far more anger than usual: " in page
    assert "since" not in page.partition("3 brands hear")[2].partition("Queues")[0]
    assert f'href="/{house.brand("angry-2")}/insights"' in (await ines.open("/all/inbox")).text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", " =1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """What a spreadsheet would run begins with an apostrophe."""
    assert guarded(cell) == f"'{cell}"
    assert guarded("Kerlann") == "Kerlann"


def test_a_period_is_the_brands_days() -> None:
    """The day the clocks go back has 25 hours; what is no period is the last seven days."""
    period = Period.read("2026-10-25", "2026-10-25", date(2026, 11, 1), PARIS)
    assert len(stretches([], period)) == 25
    assert period.begin.astimezone(UTC) == datetime(2026, 10, 24, 22, tzinfo=UTC)
    for first, last in (("", ""), ("2026-11-02", "2026-11-01"), ("1990-01-01", "2026-11-01"), ("x", "2026-11-01")):
        assert Period.read(first, last, date(2026, 11, 1), PARIS).first == date(2026, 10, 26)


@given(st.lists(st.tuples(st.integers(0, 30 * 24), st.integers(0, 50)), max_size=40))
def test_stretches_add_up_to_the_whole(hours: list[tuple[int, int]]) -> None:
    """Whichever hours were told of, days lose and double nothing."""
    period = Period(date(2026, 10, 10), date(2026, 11, 12), PARIS)
    first = period.begin.astimezone(UTC)
    told = [{"hour": first + timedelta(hours=at), "said": said, "moods": {"neutral": said}} for at, said in hours]
    total = sum(amount.words["said"] for amount in stretches(told, period))
    assert total == whole(told, period).words["said"] == sum(said for _, said in hours)


def test_half_of_the_answers() -> None:
    """The first bound that half of them keep; without an answer there is none."""
    assert half_within({"5": 1, "30": 1, "later": 1}) == "30"
    assert half_within({"5": 1, "later": 1}) == "5"
    assert half_within({"later": 3, "1440": 1}) == "later"
    assert half_within({}) == ""
