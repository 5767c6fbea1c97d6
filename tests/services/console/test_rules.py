"""House rules: everybody of the brand reads them in order, managers write one, try it, and save a version."""

from typing import Any

import pytest

from tests.services.console.house import House
from tests.services.console.visitor import Visitor

INSULT = {"name": "insult", "when": "scores.insult >= 0.9", "outcome": "hide", "open_case": True, "severity": 2}
SPAM = {"name": "spam", "when": "links > 3", "outcome": "delete", "open_case": False, "severity": 1}
PROMO = {"name": "promo & co", "when": 'text.contains("promo")', "outcome": "hide", "severity": 1}
STANDING = {
    "own": {"version": 4, "rules": [PROMO, SPAM | {"when": "links > 1"}]},
    "agency": {"version": 2, "rules": [INSULT, SPAM]},
    "variables": {"links": "int", "scores.insult": "double"},
}
CARET = "1:8: undeclared reference to 'scores'\n | scores.inslt > 1\n | ......^"


@pytest.fixture
def rules(house: House) -> str:
    """The first brand's page of rules."""
    house.neighbours.will("/house-rules", 200, STANDING)
    return f"/{house.brand('first')}/rules"


async def test_rules_are_listed_in_the_order_they_are_asked(rules: str, ines: Visitor) -> None:
    """The brand's own first; an agency's of the same name is struck through and counts no place."""
    page = await ines.see(rules)
    assert "own rules v4, agency's v2".replace("'", "’") in page
    assert (
        page.index("promo & co")
        < page.index("links > 1")
        < page.index("scores.insult >= 0.9")
        < page.index("links > 3")
    )
    assert "replaced by the brand’s own" in page
    assert "opens a case, severity 2" in page


async def test_who_may_only_read_is_offered_nothing(rules: str, vera: Visitor, house: House) -> None:
    """A viewer sees the same list without a button, and cannot write past it."""
    page = (await vera.open(rules)).text
    assert "scores.insult &gt;= 0.9" in page
    assert "rules/edit" not in page
    assert (await vera.open(f"{rules}/edit?rule=insult")).status_code == 403
    assert (await vera.send(f"{rules}/edit", {"do": "save", "name": "x", "when": "true"})).status_code == 403
    assert (await vera.send(f"{rules}/remove", {"rule": "spam", "version": "4"})).status_code == 403
    assert not [path for path, _ in house.neighbours.asked if path.endswith("/policy")]


async def test_another_brands_rules_are_not_there(rules: str, omar: Visitor) -> None:
    """404, whatever is asked."""
    for path in (rules, f"{rules}/edit"):
        assert (await omar.open(path)).status_code == 404


async def test_one_rule_is_changed_and_the_others_stay(rules: str, ines: Visitor, house: House) -> None:
    """A new version of all of the brand's own rules, on top of the one that was read; and it is written down."""
    house.neighbours.will("/policy", 200, {"version": 5, "rules": []})
    form = {"do": "save", "was": "spam", "version": "4", **fields(SPAM | {"when": "links > 2"})}
    answer = await ines.send(f"{rules}/edit", form)
    assert answer.headers["location"] == f"{rules}?done=saved"
    path, body = house.neighbours.asked[-1]
    assert path == f"/brands/{house.brand('first')}/policy"
    assert [(one["name"], one["when"]) for one in body["rules"]] == [
        ("promo & co", PROMO["when"]),
        ("spam", "links > 2"),
    ]
    assert body["version"] == 4
    (row,) = await house.console.audit.about(house.brand("first"), "spam")
    assert (row["act"], row["person"]) == ("moderation.policy", house.login("ines"))


async def test_an_agencys_rule_is_adapted_by_the_same_name(rules: str, ines: Visitor, house: House) -> None:
    """The form begins with the agency's; what is saved is the brand's own, last in its order."""
    page = (await ines.open(f"{rules}/edit?rule=insult")).text
    assert "scores.insult &gt;= 0.9" in page
    house.neighbours.will("/policy", 200, {"version": 5, "rules": []})
    await ines.send(f"{rules}/edit", {"do": "save", "was": "insult", "version": "4", **fields(INSULT)})
    assert [one["name"] for one in house.neighbours.asked[-1][1]["rules"]] == ["promo & co", "spam", "insult"]


async def test_what_is_wrong_stands_at_its_field(rules: str, ines: Visitor, house: House) -> None:
    """The expression with the caret under the place, nothing typed is lost, nothing is saved."""
    house.neighbours.will("/policy", 422, {"detail": CARET, "errors": [{"at": "rules/1", "why": CARET}]})
    form = {"do": "save", "was": "spam", "version": "4", **fields(SPAM | {"when": "scores.inslt > 1"})}
    answer = await ines.send(f"{rules}/edit", form)
    assert answer.status_code == 422
    assert 'aria-describedby="wrong-when"' in answer.text
    assert "......^" in answer.text.split('id="wrong-when"')[1]
    assert "scores.inslt &gt; 1</textarea>" in answer.text


async def test_a_rule_is_tried_on_what_was_said_last(rules: str, ines: Visitor, house: House) -> None:
    """How many of the last it would have decided, with a few of them; the brand's own words are left out."""
    item = await house.hears("first", "A promo for you", author="Spammy")
    found = {"tried": 1, "fires": {"spam": 1}, "matches": {"spam": 2}, "samples": {"spam": [item]}, "failed": {}}
    house.neighbours.will("/house-rules/try", 200, found)
    answer = await ines.send(f"{rules}/edit", {"do": "try", "was": "spam", "version": "4", **fields(SPAM)})
    assert "Would have decided 1 of the last 1." in answer.text
    assert "True of 1 more, that an earlier rule decides." in answer.text
    assert f'href="/{house.brand("first")}/inbox/{item}"' in answer.text
    path, body = house.neighbours.asked[-1]
    assert path.endswith("/house-rules/try")
    assert body["interactions"] == [item]
    assert not [path for path, _ in house.neighbours.asked if path.endswith("/policy")]


async def test_who_saves_second_loses_nothing(rules: str, ines: Visitor, house: House) -> None:
    """The form stays with its text, now on top of the version that is there."""
    house.neighbours.will("/policy", 409, {"detail": "changed", "current": {"version": 6, "rules": []}})
    answer = await ines.send(f"{rules}/edit", {"do": "save", "was": "spam", "version": "4", **fields(SPAM)})
    assert answer.status_code == 409
    assert "Someone changed these rules meanwhile" in answer.text
    assert 'name="version" value="6"' in answer.text
    assert "links &gt; 3</textarea>" in answer.text


@pytest.mark.parametrize(
    ("act", "order"), [("up", ["spam", "promo & co"]), ("down", ["spam", "promo & co"]), ("remove", ["spam"])]
)
async def test_order_is_changed_a_step_at_a_time(
    rules: str, ines: Visitor, house: House, act: str, order: list[str]
) -> None:
    """Earlier, later, away: each is a version of its own."""
    house.neighbours.will("/policy", 200, {"version": 5, "rules": []})
    name = "spam" if act == "up" else "promo & co"
    answer = await ines.send(f"{rules}/{act}", {"rule": name, "version": "4"})
    assert answer.status_code == 303
    assert [one["name"] for one in house.neighbours.asked[-1][1]["rules"]] == order


async def test_moderation_away_is_said_and_costs_no_text(rules: str, ines: Visitor, house: House) -> None:
    """The list says so; the form keeps what was typed."""
    house.neighbours.away = True
    assert "moderation does not answer now" in await ines.see(rules)
    answer = await ines.send(f"{rules}/edit", {"do": "save", "was": "", "version": "4", **fields(SPAM)})
    assert "moderation does not answer now" in answer.text
    assert "links &gt; 3</textarea>" in answer.text


def fields(rule: dict[str, Any]) -> dict[str, str]:
    """A rule as the form sends it."""
    given = {name: str(rule.get(name, "")) for name in ("name", "when", "outcome", "suggest_reply", "severity")}
    return given | ({"open_case": "1"} if rule.get("open_case") else {})
