"""What a person keeps taken down is a strike against its author, and nothing else is."""

from typing import Any

import pytest

from tests.services.moderation.conftest import INSULT, POLITE, T0, Moderation
from tests.services.moderation.test_cases import past_the_window


async def test_strikes_count_what_people_took_down(moderation: Moderation) -> None:
    """Two hidden comments are two strikes; one undone within its window is none."""
    comments = [moderation.said(f"{INSULT} {number}") for number in "ab"]
    for said in comments:
        await moderation.hears(said)
        await moderation.decide(said, "hide")
    assert await strikes(moderation, comments[0]) == 2
    await moderation.on_case(comments[0], "undo")
    assert await strikes(moderation, comments[0]) == 1


async def test_what_is_shown_again_is_no_strike(moderation: Moderation) -> None:
    """Hidden by mistake and shown the next day: the author's next text is judged as if nothing had been."""
    said = moderation.said(POLITE)
    await moderation.hears(said)
    await moderation.decide_from_inbox(said, "hide")
    await the_next_day(moderation, said)
    assert await strikes(moderation, said) == 1
    assert (await moderation.decide_from_inbox(said, "allow")).json()["wish"] == "show"
    assert await strikes(moderation, said) == 0


@pytest.mark.parametrize("left", [False, True])
async def test_a_strike_stays_where_showing_again_is_taken_back(moderation: Moderation, left: bool) -> None:
    """A person's hide stands again, whether the later decision had left or not."""
    said = moderation.said(POLITE)
    await moderation.hears(said)
    await moderation.decide_from_inbox(said, "hide")
    await the_next_day(moderation, said)
    await moderation.decide_from_inbox(said, "allow")
    if left:
        await the_next_day(moderation, said)
    assert (await moderation.on_case(said, "undo")).json()["reversed"] is left
    row = await moderation.row(said)
    assert row is not None
    assert (row["hidden_by"], await strikes(moderation, said)) == ("person", 1)


@pytest.mark.parametrize("end", ["deleted", "edited"])
@pytest.mark.parametrize(("decisions", "counted"), [(["hide"], 0), (["hide", "allow"], 1)])
async def test_a_decision_that_became_void_leaves_strikes_as_they_were(
    moderation: Moderation, decisions: list[str], counted: int, end: str
) -> None:
    """The author deletes or edits within the undo window: the last decision counts for nothing."""
    said = moderation.said(POLITE)
    await moderation.hears(said)
    for number, decision in enumerate(decisions):
        if number:
            await the_next_day(moderation, said)
        await moderation.decide_from_inbox(said, decision)
    await moderation.hears(moderation.deleted(said) if end == "deleted" else moderation.edited(said, "Merci !"))
    assert await moderation.held() == 0
    assert await strikes(moderation, said) == counted


async def strikes(moderation: Moderation, said: Any) -> int:
    """The author's strikes."""
    found = await moderation.resources.authors.strikes([moderation.brand_id], [said.author.id], T0)
    return found.get(said.author.id, 0)


async def the_next_day(moderation: Moderation, said: Any) -> None:
    """The decision has left, so that another may follow it."""
    await past_the_window(moderation, said)
    now = await moderation.resources.floor.database.now()
    where = {"interaction_id": said.interaction_id, "brand_id": moderation.brand_id}
    await moderation.resources.floor.database.brand("cases").update(where, {"$set": {"leaves_at": now}})
