"""An edited text is judged afresh; what a person decided on a revision stands."""

from shared.events.ingest.interaction_visibility_changed import InteractionVisibilityChanged
from shared.events.moderation.case_opened import CaseOpened
from shared.events.moderation.interaction_judged import InteractionJudged
from tests.services.moderation.conftest import INSULT, POLITE, T0, Moderation
from tests.services.moderation.test_cases import past_the_window


async def test_what_a_rule_hid_is_shown_again_when_it_is_mended(moderation: Moderation) -> None:
    """Revision 2 passes: the wish is to show it, and its case waits no more."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    await moderation.hears(moderation.edited(said, POLITE))
    (judged,) = [event for event in moderation.stated if isinstance(event, InteractionJudged)]
    assert (judged.revision, judged.outcome, judged.wish, judged.case_id) == (2, "allow", "show", "")
    assert moderation.told() == ["InteractionJudged", "CaseClosed"]
    case = await moderation.case(said)
    assert case is not None
    assert case["state"] == "closed"
    assert case["seq"] == 2


async def test_what_a_person_hid_goes_back_to_the_queue(moderation: Moderation) -> None:
    """Though revision 2 passes, it stays hidden until a person has seen it."""
    said = moderation.said(POLITE)
    await moderation.hears(said)
    await moderation.decide_from_inbox(said, "hide")
    await past_the_window(moderation, said)
    await moderation.hears(moderation.edited(said, "Merci beaucoup !"))
    judged, opened = moderation.stated[-2:]
    assert isinstance(judged, InteractionJudged)
    assert isinstance(opened, CaseOpened)
    assert (judged.outcome, judged.wish) == ("allow", "keep")
    assert (opened.revision, opened.hidden) == (2, True)
    assert "person hid it" in opened.why


async def test_an_edit_within_the_window_voids_the_decision(moderation: Moderation) -> None:
    """Nothing of the decision leaves; the case waits again, about the new text."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    decided = (await moderation.decide(said, "allow")).json()
    await moderation.hears(moderation.edited(said, "Connards, je persiste"))
    assert await moderation.held() == 0
    assert moderation.told()[-3:] == ["CaseReleased", "InteractionJudged", "CaseOpened"]
    case = await moderation.case(said)
    assert case is not None
    assert (case["state"], case["revision"], case["decision"]) == ("open", 2, "")
    assert case["seq"] > decided["seq"]
    assert [kept["revision"] for kept in case["evidence"]] == [1, 2]


async def test_an_edit_after_the_window_leaves_the_decision_on_the_old_text(moderation: Moderation) -> None:
    """What a person allowed can be hidden by rule when it becomes worse."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    await moderation.decide(said, "allow")
    await past_the_window(moderation, said)
    await moderation.hears(moderation.edited(said, "Je vais te tuer sale connard"))
    judged = next(event for event in reversed(moderation.stated) if isinstance(event, InteractionJudged))
    assert (judged.revision, judged.wish) == (2, "hide")


async def test_a_deletion_closes_the_case_and_takes_the_decision_back(moderation: Moderation) -> None:
    """There is nothing left to act on, and nothing left of the text outside the evidence."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    await moderation.decide(said, "hide")
    await moderation.hears(moderation.deleted(said))
    case, row = await moderation.case(said), await moderation.row(said)
    assert case is not None
    assert row is not None
    assert (case["state"], await moderation.held()) == ("closed", 0)
    assert "text" not in row
    assert (await moderation.decide(said, "hide")).status_code == 409


async def test_a_deletion_that_came_first_beats_every_revision(moderation: Moderation) -> None:
    """Nothing is judged, nothing is stated, no case opens."""
    said = moderation.said(INSULT)
    await moderation.hears(moderation.deleted(said))
    assert await moderation.hears(said) == []
    assert await moderation.hears(moderation.edited(said, POLITE)) == []
    assert await moderation.case(said) is None


async def test_a_redelivered_revision_is_stated_again_word_for_word(moderation: Moderation) -> None:
    """Though the house rules changed meanwhile: one revision has one verdict."""
    said = moderation.said(INSULT)
    first = await moderation.hears(said)
    rules = [{"name": "calm", "when": "true", "outcome": "allow"}]
    path = f"/brands/{moderation.brand_id}/policy"
    assert (await moderation.command("PUT", path, {"rules": rules}, right="policies")).status_code == 200
    assert await moderation.hears(said, said) == first
    (judged,) = await moderation.hears(moderation.said(INSULT))
    assert isinstance(judged, InteractionJudged)
    assert judged.rule == "calm"


async def test_an_older_revision_that_comes_late_is_past(moderation: Moderation) -> None:
    """Revision 2 came first: revision 1 is neither judged nor remembered."""
    said = moderation.said(INSULT)
    await moderation.hears(moderation.edited(said, POLITE))
    assert await moderation.hears(said) == []
    row = await moderation.row(said)
    assert row is not None
    assert (row["revision"], row["text"]) == (2, POLITE)


async def test_what_is_old_or_our_own_is_only_noted(moderation: Moderation) -> None:
    """Backfill and the brand's own words are judged for information: no wish, no case."""
    for said in (moderation.said(INSULT, backfill=True), moderation.said(INSULT, author_is_brand=True)):
        (judged,) = await moderation.hears(said)
        assert isinstance(judged, InteractionJudged)
        assert (judged.outcome, judged.wish, judged.case_id) == ("hide", "keep", "")
        assert await moderation.case(said) is None


async def test_what_the_network_held_is_shown_by_a_person_only(moderation: Moderation) -> None:
    """The rule lets it pass, and keeps its hands off; a person's allow shows it."""
    said = moderation.said(POLITE, visibility="held")
    (judged,) = await moderation.hears(said)
    assert isinstance(judged, InteractionJudged)
    assert judged.wish == "keep"
    assert (await moderation.decide_from_inbox(said, "allow")).json()["wish"] == "show"


async def test_a_brand_may_let_rules_show_what_was_held(moderation: Moderation) -> None:
    """`shows_held` is the brand's own choice."""
    directory = moderation.resources.floor.directory
    brand = directory.brand(moderation.brand_id)
    assert brand is not None
    directory.learn(brand.model_copy(update={"shows_held": True, "seq": 2}))
    (judged,) = await moderation.hears(moderation.said(POLITE, visibility="held"))
    assert isinstance(judged, InteractionJudged)
    assert judged.wish == "show"


async def test_a_changed_visibility_is_noted_and_causes_no_judgement(moderation: Moderation) -> None:
    """Only the newest sighting counts; allowing what is hidden on the network then means to show it."""
    said = moderation.said(POLITE)
    await moderation.hears(said)
    changes = [
        InteractionVisibilityChanged(
            brand_id=moderation.brand_id,
            interaction_id=said.interaction_id,
            place=said.place,
            visibility=visibility,
            sighting=sighting,
            seen_at=T0,
        )
        for sighting, visibility in ((3, "hidden"), (2, "public"))
    ]
    for change in changes:
        assert await moderation.hears(change) == []
    row = await moderation.row(said)
    assert row is not None
    assert row["visibility"] == "hidden"
    assert (await moderation.decide_from_inbox(said, "allow")).json()["wish"] == "show"
