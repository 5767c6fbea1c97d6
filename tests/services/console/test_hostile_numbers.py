"""Numbers in addresses and forms that nobody's page wrote: each is answered as if it were not there, or refused."""

import pytest

from services.console.domain.numbers import whole
from services.console.pages import campaign_plan as plans
from tests.services.console.house import House
from tests.services.console.visitor import Visitor

HOSTILE = ("²", "٣", "-1", "1e9", "x", "9" * 15, "9" * 16, "9" * 5000)
STANDING = {
    "own": {"version": 4, "rules": [{"name": "spam", "when": "links > 1", "outcome": "hide", "severity": 1}]},
    "agency": {"version": 0, "rules": []},
    "variables": {"links": "int"},
}


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("0", 0), ("100", 100), ("101", 100), ("9" * 5000, 100), ("", None), ("²", None), ("٣", None)],
)
def test_a_whole_number_is_ascii_and_bounded(text: str, number: int | None) -> None:
    """What `int` or a database could not hold never reaches them."""
    assert whole(text, 100) == number


@pytest.mark.parametrize("said", HOSTILE)
async def test_hostile_addresses_show_their_page(house: House, ines: Visitor, said: str) -> None:
    """No number in a query string is trouble of the console."""
    for path in (
        "inbox/news?since=0&shown",
        "inbox/news?shown=0&since",
        "people?skip",
        "operations?done=replayed&count",
    ):
        await ines.see(f"/all/{path}={said}", part="news" in path)
    await ines.see(f"/all/inbox?from={said}", part=True)


@pytest.mark.parametrize("said", HOSTILE)
async def test_hostile_forms_are_answered(house: House, ines: Visitor, said: str) -> None:
    """A version, a share or a budget that is no number is refused, or counts as none."""
    house.neighbours.will("/house-rules", 200, STANDING)
    house.neighbours.will("/policy", 422, {"detail": "no"})
    house.neighbours.will("/campaigns", 422, {"detail": "no"})
    brand = house.brand("first")
    await ines.see(f"/{brand}/rules")
    rule = {"rule": "spam", "was": "spam", "name": "spam", "do": "save", "version": said, "severity": said}
    plan = {"share": said, "budget": said, "seq": said, "b_text": "B"}
    forms = (("rules/edit", rule), ("rules/down", rule), ("campaigns/new", plan))
    found = [(await ines.send(f"/{brand}/{path}", form)).status_code for path, form in forms]
    assert max(found) < 500, found


def test_a_budget_stays_a_number_that_can_be_sent() -> None:
    """However long: campaigns refuses it with its own words."""
    assert plans.cents("9" * 1_100_000) == 100_000_000_000
    assert plans.cents("1 234,56") == 123456
