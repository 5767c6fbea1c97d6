"""The story's books: what console counted is held against what the networks saw."""

from typing import Any

from parvis.demo.seed import House
from parvis.demo.tally import WORDS, Seen, differences, in_all, seen_by_networks, since
from parvis.simulator.brands import demo_brands

HOUSE = House(demo_brands()[1], {"facebook": {"id": "page"}, "mastodon": {"id": "account"}})
BRAND = HOUSE.brand_id


def line(event: str, subject: str, account: str = "page", **more: Any) -> dict[str, Any]:
    """One of the ledger's."""
    told = {"author": "someone", "via": "person", "parent": "post", "network": "facebook", "text": ""} | more
    return {"event": event, "account": account, "subject": subject, **told}


def seen(*lines: dict[str, Any]) -> Seen:
    """What one brand's networks saw."""
    return seen_by_networks(lines, [HOUSE])[BRAND]


def counted(**numbers: int) -> dict[str, dict[str, int]]:
    """What console says of that brand."""
    return {BRAND: dict.fromkeys(WORDS, 0) | numbers}


def test_people_answers_posts_and_hides_are_told_apart() -> None:
    """The brand's own posts and answers are not what came in; a wall of strangers is not ours."""
    networks = seen(
        line("create", "1"),
        line("create", "2", "account"),
        line("create", "3", author="page", via="api"),
        line("create", "4", author="page", via="api", parent="", text="Bonjour"),
        line("create", "5", "account", author="account", via="api", parent="", text="Bonjour", network="mastodon"),
        line("hide", "1"),
        line("create", "6", "another page"),
    )
    assert networks.sums == {"came_in": 2, "judged": 2, "hidden": 1, "answered": 1, "published": 1}
    assert networks.doubled == []


def test_what_was_shown_again_is_not_hidden() -> None:
    """The books tell how it stands in the end."""
    assert seen(line("hide", "1"), line("unhide", "1")).sums["hidden"] == 0


def test_both_sides_agreeing_leaves_nothing_to_say() -> None:
    """No difference is found where there is none."""
    networks = {BRAND: seen(line("create", "1"), line("hide", "1"))}
    assert differences(counted(came_in=1, judged=1, hidden=1), networks) == []


def test_what_was_lost_or_never_judged_is_named_with_its_brand() -> None:
    """One of two comments did not come in: people can read what is missing."""
    networks = {BRAND: seen(line("create", "1"), line("create", "2"))}
    found = differences(counted(came_in=1, judged=1), networks)
    assert f"{BRAND}: console counts 1 came in, the networks 2" in found
    assert len(found) == 2


def test_a_post_or_an_answer_that_stands_there_twice_is_found() -> None:
    """Though console counts it once."""
    post = {"author": "page", "via": "api", "parent": "", "text": "Bonjour"}
    answer = {"author": "page", "via": "api", "parent": "9"}
    networks = seen(line("create", "1", **post), line("create", "2", **post))
    assert networks.doubled == ["'Bonjour' on facebook"]
    networks = seen(line("create", "1", **answer), line("create", "2", **answer))
    assert networks.doubled == ["an answer to 9"]


def test_only_what_happened_since_the_story_began_is_counted() -> None:
    """Console's sums grow over all runs."""
    before = {"brands": {BRAND: dict.fromkeys(WORDS, 5)}}
    after = {"brands": {BRAND: dict.fromkeys(WORDS, 5) | {"came_in": 7}, "new": dict.fromkeys(WORDS, 1)}}
    assert since(before, after)[BRAND]["came_in"] == 2
    assert since(before, after)["new"]["judged"] == 1
    assert in_all(since(before, after))["came_in"] == 3
