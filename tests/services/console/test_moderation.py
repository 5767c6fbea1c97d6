"""The moderation queue: the gravest first, one decision one key, and nobody decides what another has decided."""

from datetime import timedelta

import pytest

from tests.services.console.house import Clock, House
from tests.services.console.visitor import Visitor


async def test_the_gravest_case_comes_first(house: House, ines: Visitor) -> None:
    """By severity, then the oldest."""
    for text, severity in (("a small thing", 1), ("a threat", 3), ("an insult", 2)):
        await house.opens_case(await house.hears("first", text), severity)
    page = await ines.see("/all/moderation")
    assert page.index("a threat") < page.index("an insult") < page.index("a small thing")


async def test_what_is_no_case_has_no_case_page(house: House, ines: Visitor) -> None:
    """An item that nobody asked to be judged by a person is not in this room, and takes no decision."""
    item = await house.hears("first", "What a lovely morning")
    await ines.see(f"/all/moderation/{item}", status=404)
    answer = await ines.send(f"/{house.brand('first')}/moderation/{item}/decide", {"decision": "hide", "revision": "1"})
    assert answer.status_code == 404
    assert house.neighbours.asked == []


async def test_a_case_says_why_it_is_here(house: House, ines: Visitor) -> None:
    """The rule, the scores, and the words that spoke, marked in the text."""
    item = await house.hears("first", "What a bunch of absolute clowns running this shop")
    await house.judges(item, {"insult": 0.93}, outcome="hide", wish="hide", rule="insult", words="absolute clowns")
    await house.opens_case(item)
    page = (await ines.open(f"/all/moderation/{item}")).text
    assert "<mark>absolute clowns</mark>" in page
    assert "0.93" in page
    assert "Hidden from the public while you decide" in page


async def test_why_a_case_is_here_is_said_in_the_readers_words(house: House, ines: Visitor) -> None:
    """Signs and numbers are written in French for who reads French."""
    item = await house.hears("first", "clowns")
    await house.opens_case(item, why="insult 0.92: clowns; edited after a person hid it")
    await ines.send("/preferences", {"language": "fr", "theme": ""})
    page = await ines.see(f"/all/moderation/{item}")
    assert "insulte 0,92\u00a0: clowns; modifié après qu’une personne l’a masqué" in page


async def test_opening_a_case_takes_it(house: House, ines: Visitor, clock: Clock) -> None:
    """A moderator's look is a claim; the queue shows whose it is."""
    item = await house.hears("first", "clowns")
    await house.opens_case(item)
    until = (clock() + timedelta(minutes=10)).isoformat()
    claimed = await house.case_state(item, 2, "claimed", claimed_by=house.login("ines"), claimed_until=until)
    house.neighbours.will("/claim", 200, claimed)
    page = await ines.see(f"/all/moderation/{item}")
    assert house.neighbours.asked[-1][0].endswith("/claim")
    assert "Taken by you" in page


async def test_a_look_without_the_right_takes_nothing(house: House, vera: Visitor) -> None:
    """A viewer's look is no claim, and the viewer is offered no decision."""
    item = await house.hears("first", "clowns")
    await house.opens_case(item)
    page = await vera.see(f"/all/moderation/{item}")
    assert "Your role here is to read" in page
    assert house.neighbours.asked == []


async def test_a_decision_brings_the_next_case_and_can_be_undone(house: House, ines: Visitor, clock: Clock) -> None:
    """One key, one decision: the next case stands there, with the bar that takes the last one back."""
    first, second = await house.hears("first", "clowns all"), await house.hears("first", "idiots all", author="Ann")
    await house.opens_case(first, 3)
    await house.opens_case(second, 1)
    leaves = (clock() + timedelta(seconds=8)).isoformat()
    state = await house.case_state(
        first, 3, "deciding", decision="hide", decided_by=house.login("ines"), leaves_at=leaves
    )
    house.neighbours.will("/decide", 200, state)
    page = await ines.act(
        f"/{house.brand('first')}/moderation/{first}/decide?scope=all", {"decision": "hide", "revision": "1"}
    )
    assert "Hidden: Camille Leroy. Leaves for Facebook in" in page
    assert "idiots all" in page
    assert "clowns all" not in page.split("Around it")[0]
    assert house.neighbours.asked[-1][1]["revision"] == 1


async def test_who_comes_second_is_told_who_was_first(house: House, ines: Visitor) -> None:
    """A 409 shows the case as it is now, and that nothing was applied."""
    item = await house.hears("first", "clowns")
    await house.opens_case(item)
    current = await house.case_state(item, 5, "decided", decision="allow", decided_by="tom")
    house.neighbours.will("/decide", 409, {"detail": "decided", "current": current})
    page = await ines.act(f"/{house.brand('first')}/moderation/{item}/decide", {"decision": "hide", "revision": "1"})
    assert "Someone was first: this case is allowed. Your decision was not applied." in page
    assert (await house.item(item))["case"]["decision"] == "allow"


async def test_a_decision_on_an_old_text_is_not_applied(house: House, ines: Visitor) -> None:
    """The text changed under the moderator's eyes: here is the new one."""
    item = await house.hears("first", "clowns")
    await house.opens_case(item)
    await house.edits(item, "I am sorry, I was angry")
    current = await house.case_state(item, 5, "open")
    house.neighbours.will("/decide", 409, {"detail": "stale", "current": current})
    page = await ines.act(f"/{house.brand('first')}/moderation/{item}/decide", {"decision": "hide", "revision": "1"})
    assert "The text was changed meanwhile" in page
    assert "I am sorry" in page


async def test_a_network_that_cannot_hide_has_no_live_button(house: House, ines: Visitor) -> None:
    """No button promises what the network refuses, and the reason stands beside it."""
    item = await house.hears("first", "clowns", network="feed")
    await house.opens_case(item, hidden=False)
    page = (await ines.open(f"/all/moderation/{item}")).text
    assert "lets nobody hide another" in page
    assert 'value="hide"' not in page
    assert 'value="allow"' in page


@pytest.mark.parametrize(
    ("network", "own", "offered"),
    [
        ("bluesky", True, True),
        ("bluesky", False, False),
        ("mastodon", False, False),
        ("x", False, False),
        ("facebook", False, True),
        ("feed", True, False),
    ],
)
async def test_what_one_may_delete_on_a_network_has_a_live_button(
    house: House, ines: Visitor, network: str, own: bool, offered: bool
) -> None:
    """Own words wherever they can be deleted at all, others' only where the network lets their host do it."""
    item = await house.hears("first", "clowns", network=network, own=own)
    await house.opens_case(item, hidden=False)
    page = (await ines.open(f"/all/moderation/{item}")).text
    assert ('value="delete"' in page) is offered
    assert ("lets nobody delete another" in page) is not offered


async def test_an_escalation_carries_its_reason(house: House, ines: Visitor) -> None:
    """To the duty lead, the client or the lawyers, and why."""
    item = await house.hears("first", "I know where you live")
    case_id = await house.opens_case(item, 3)
    house.neighbours.will("/escalate", 200, await house.case_state(item, 3, "open", escalated_to="duty lead"))
    await ines.act(f"/{house.brand('first')}/moderation/{item}/escalate", {"to": "duty_lead", "why": "threat to staff"})
    asked = house.neighbours.asked[-1]
    assert asked == (
        f"/brands/{house.brand('first')}/cases/{case_id}/escalate",
        {"to": "duty lead", "why": "threat to staff"},
    )
    assert "Handed up: duty lead" in await ines.see("/all/moderation")


async def test_what_people_did_is_written_down(house: House, ines: Visitor) -> None:
    """Who, what, when: added, never changed."""
    item = await house.hears("first", "clowns")
    await house.opens_case(item)
    house.neighbours.will("/decide", 200, await house.case_state(item, 3, "deciding", decision="hide"))
    await ines.act(f"/{house.brand('first')}/moderation/{item}/decide", {"decision": "hide", "revision": "1"})
    (row,) = await house.console.audit.about(house.brand("first"), item)
    assert (row["act"], row["person"]) == ("moderation.decide", house.login("ines"))
    assert row["details"] == {"decision": "hide", "revision": 1}
