"""House rules: written in CEL, checked before they are saved, asked in order."""

from typing import Any

import pytest

from services.moderation.domain.policy.compiled import Policy
from services.moderation.domain.policy.defaults import DEFAULTS
from services.moderation.domain.policy.validation import SAMPLES, problems
from shared.events.moderation.case_opened import CaseOpened
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.events.moderation.policy_changed import PolicyChanged, Rule
from tests.services.moderation.conftest import INSULT, POLITE, Moderation


def rule(when: str, name: str = "mine", outcome: str = "hide", **more: Any) -> dict[str, Any]:
    return {"name": name, "when": when, "outcome": outcome} | more


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("scores.inslt > 0.8", "....^"),
        ("scores.insult >", "^"),
        ("text", "true or false"),
        ("links > 'many'", "no matching overload"),
        ("text.matches('(a')", "missing )"),
        ("1 / links > 0", "divide by zero"),
        ("(" * 60 + "true" + ")" * 60, "recursion"),
        (
            "".join(f"[1,2,3,4,5,6,7,8,9].all({name}, " for name in "abcdef") + "a > 0" + ")" * 6,
            "budget",
        ),
        ("true) || (true", "^"),
        ("'" + "x" * 3000 + "' == text", "at most"),
    ],
)
def test_a_wrong_expression_is_refused_with_its_place(when: str, told: str) -> None:
    """A misspelt name, a wrong type, a bad pattern, too deep, too long, endless."""
    found = problems([Rule(name="mine", when=when, outcome="hide")])
    assert found
    assert told in found[0]["why"]


def test_our_own_defaults_are_in_order() -> None:
    """What every agency begins with passes its own check."""
    assert problems(DEFAULTS) == []


def test_a_remark_at_the_end_of_a_rule_swallows_nothing() -> None:
    """Rules are compiled together; one must not comment the next away."""
    rules = [Rule(name="a", when="links > 100 // never", outcome="hide"), Rule(name="b", when="true", outcome="hide")]
    ruling = Policy(rules, 1).rule_on(SAMPLES[0])
    assert ruling.rule is rules[1]


def test_the_first_that_is_true_fires_and_the_others_are_told() -> None:
    """Order is the author's; nothing is lost for those who tune rules."""
    rules = [
        Rule(name=name, when=when, outcome="allow") for name, when in (("a", "false"), ("b", "true"), ("c", "true"))
    ]
    ruling = Policy(rules, 1).rule_on(SAMPLES[0])
    assert ruling.rule is rules[1]
    assert ruling.also == ("c",)


def test_a_rule_that_fails_does_not_fire_and_is_named() -> None:
    """The others are asked all the same."""
    rules = [Rule(name="a", when="10 / links > 3", outcome="hide"), Rule(name="b", when="true", outcome="allow")]
    ruling = Policy(rules, 1).rule_on(SAMPLES[0])
    assert ruling.rule is rules[1]
    assert [name for name, _ in ruling.failed] == ["a"]


async def test_a_brands_own_rules_come_before_its_agencys(moderation: Moderation) -> None:
    """A brand may hide what nobody else minds; the version that judged is named."""
    answer = await put(moderation, [rule("text.contains('rappeler')")])
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    (changed,) = [event for event in moderation.stated if isinstance(event, PolicyChanged)]
    assert (changed.brand_id, changed.version, changed.person) == (moderation.brand_id, 1, "ines")
    judged = (await moderation.hears(moderation.said(POLITE)))[0]
    assert isinstance(judged, InteractionJudged)
    assert (judged.rule, judged.wish, judged.policy_version) == ("mine", "hide", 2)
    again = await put(moderation, [rule("false")], version=0)
    assert (again.status_code, again.json()["current"]["version"]) == (409, 1)


async def test_a_rule_that_fails_on_what_is_said_opens_a_case(moderation: Moderation) -> None:
    """It passed every check, and fails on this text: a person sees it, and why."""
    await put(moderation, [rule("text.contains('rappeler') && 10 / int(text.size() - 60) > 1000")])
    judged, opened = await moderation.hears(moderation.said(POLITE.ljust(60)))
    assert isinstance(judged, InteractionJudged)
    assert isinstance(opened, CaseOpened)
    assert judged.wish == "keep"
    assert "rule mine failed" in opened.why


async def test_an_agencys_rules_hold_for_all_its_brands(moderation: Moderation) -> None:
    """They replace the shipped defaults; who may write them is checked by the token's brand."""
    path = f"/agencies/{moderation.agency_id}/policy"
    shipped = (await moderation.command("GET", path, right="policies", owner=moderation.agency_id)).json()
    assert (shipped["version"], len(shipped["rules"])) == (0, len(DEFAULTS))
    body = {"rules": [rule("scores.insult > 0.5", "no-insults", "delete")], "version": 0}
    written = await moderation.command("PUT", path, body, right="policies", owner=moderation.agency_id)
    assert written.status_code == 200
    (changed,) = [event for event in moderation.stated if isinstance(event, PolicyChanged)]
    assert (changed.agency_id, changed.brand_id) == (moderation.agency_id, "")
    judged = (await moderation.hears(moderation.said(INSULT)))[0]
    assert isinstance(judged, InteractionJudged)
    assert (judged.rule, judged.wish) == ("no-insults", "delete")
    other = await moderation.command("PUT", "/agencies/another/policy", body, right="policies")
    assert other.status_code == 403


async def test_a_wrong_policy_is_refused_with_a_caret(moderation: Moderation) -> None:
    """422 names the rule and shows the place; nothing is saved."""
    answer = await put(moderation, [rule("true", "fine"), rule("scores.inslt > 1")])
    assert answer.status_code == 422
    assert "^" in answer.json()["detail"]
    assert answer.json()["errors"][0]["rule"] == "mine"
    stored = await moderation.command("GET", f"/brands/{moderation.brand_id}/policy", right="policies")
    assert stored.json() == {"version": 0, "rules": []}


async def test_the_same_said_again_and_again_is_a_feature(moderation: Moderation) -> None:
    """Counted over the store and the batch; an author's others and strikes too."""
    await put(moderation, [rule("repeated >= 3", "flooding", "hide")])
    text = "Regardez ma chaîne, elle est vraiment très bien faite"
    first = [moderation.said(text, who=who) for who in ("a", "b")]
    later = [moderation.said(text, who=who) for who in ("c", "d")]
    rules = []
    for batch in (first, later):
        rules += [event.rule for event in await moderation.hears(*batch) if isinstance(event, InteractionJudged)]
    assert rules[-1] == "flooding"
    assert "flooding" not in rules[:-1]


async def put(moderation: Moderation, rules: list[dict[str, Any]], version: int | None = None) -> Any:
    """Save the brand's rules."""
    body = {"rules": rules} | ({} if version is None else {"version": version})
    return await moderation.command("PUT", f"/brands/{moderation.brand_id}/policy", body, right="policies")
