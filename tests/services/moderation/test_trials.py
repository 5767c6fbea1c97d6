"""House rules tried before they are saved, and read by those who may only read."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from services.moderation.domain.policy.compiled import Policy
from services.moderation.domain.policy.trial import SHOWN, tried
from services.moderation.domain.policy.validation import SAMPLES
from shared.events.moderation.policy_changed import Rule
from tests.services.moderation.conftest import INSULT, POLITE, T0, Moderation
from tests.services.moderation.test_house_rules import put, rule


def test_what_an_earlier_rule_decides_is_only_a_match() -> None:
    """The first that is true decides; who tunes the second must see that it is never reached."""
    rules = [Rule(name=name, when=when, outcome="hide") for name, when in (("a", "links > 0"), ("b", "true"))]
    found = tried(Policy(rules, 0), [(f"i{number}", facts) for number, facts in enumerate(SAMPLES)])
    assert (found.tried, found.fires, found.matches) == (3, {"a": 2, "b": 1}, {"a": 2, "b": 3})
    assert found.samples == {"a": ["i1", "i2"], "b": ["i0"]}
    assert len(tried(Policy(rules, 0), [("i", SAMPLES[1])] * 9).samples["a"]) == SHOWN


async def test_a_rule_is_tried_on_what_was_said(moderation: Moderation) -> None:
    """How often it would have decided, in its place before the agency's; and nothing is changed by it."""
    said = [moderation.said(text, who=who) for who, text in (("a", INSULT), ("b", POLITE), ("c", POLITE + " Merci !"))]
    await moderation.hears(*said)
    own = [rule("text.contains('rappeler')", "call-back"), rule("scores.insult > 0.5", "rude", "delete")]
    found = (await trial(moderation, own, said)).json()
    assert found["tried"] == 3
    assert (found["fires"]["call-back"], found["fires"]["rude"]) == (2, 1)
    assert found["samples"]["rude"] == [said[0].interaction_id]
    assert found["matches"]["insult"] == 1
    stored = await moderation.command("GET", f"/brands/{moderation.brand_id}/policy", right="policies")
    assert stored.json() == {"version": 0, "rules": []}


async def test_a_trial_counts_what_was_repeated_before(moderation: Moderation) -> None:
    """The first time something is said it is no repetition, the third time it is."""
    text = "Regardez ma chaîne, elle est vraiment très bien faite"
    said = [moderation.said(text, who=who, seen_at=at(minute)) for minute, who in enumerate("abc")]
    for one in said:
        await moderation.hears(one)
    found = (await trial(moderation, [rule("repeated >= 2", "again")], said)).json()
    assert found["samples"]["again"] == [said[2].interaction_id]
    known = (await trial(moderation, [rule("author.interactions > 0", "known")], said)).json()
    assert "known" not in known["fires"]


async def test_a_rule_that_would_fail_says_so(moderation: Moderation) -> None:
    """A wrong expression is 422 with its caret; one that fails on a text is named with why."""
    said = moderation.said(POLITE.ljust(60))
    await moderation.hears(said)
    wrong = await trial(moderation, [rule("scores.inslt > 1")], [said])
    assert (wrong.status_code, "^" in wrong.json()["errors"][0]["why"]) == (422, True)
    found = (await trial(moderation, [rule("10 / int(text.size() - 60) > 1000")], [said])).json()
    assert "divide by zero" in found["failed"]["mine"]


async def test_nobody_tries_on_another_brands_words(moderation: Moderation) -> None:
    """Ids of another brand find nothing; a reader may read the rules and not try."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    stranger = moderation.said(INSULT)
    assert (await trial(moderation, [rule("true")], [said, stranger])).json()["tried"] == 1
    path = f"/brands/{moderation.brand_id}/house-rules"
    body = {"rules": [], "interactions": []}
    assert (await moderation.command("POST", f"{path}/try", body, right="read")).status_code == 403
    assert (await moderation.command("GET", path, right="read", owner="another")).status_code == 403


async def test_everybody_reads_the_rules_in_force(moderation: Moderation) -> None:
    """Own and agency's, each with its version, and what can be asked."""
    await put(moderation, [rule("true", "insult", "allow")])
    standing = (await moderation.command("GET", f"/brands/{moderation.brand_id}/house-rules", right="read")).json()
    assert (standing["own"]["version"], standing["agency"]["version"]) == (1, 0)
    assert [one["name"] for one in standing["own"]["rules"]] == ["insult"]
    assert "threat" in [one["name"] for one in standing["agency"]["rules"]]
    assert (standing["variables"]["links"], standing["variables"]["scores.insult"]) == ("int", "double")


async def trial(moderation: Moderation, rules: list[dict[str, Any]], said: list[Any]) -> httpx.Response:
    """Try the brand's rules on these."""
    body = {"rules": rules, "interactions": [one.interaction_id for one in said]}
    return await moderation.command("POST", f"/brands/{moderation.brand_id}/house-rules/try", body, right="policies")


def at(minute: int) -> datetime:
    """A time of receipt."""
    return T0 + timedelta(minutes=minute)
