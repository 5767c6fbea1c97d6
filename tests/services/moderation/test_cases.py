"""A case is claimed, decided, undone, handed up; each by one person at a time."""

import asyncio
from typing import Any

from services.moderation.loops.release_claims import ClaimsReleasing
from shared.events.moderation.case_decided import CaseDecided
from shared.events.moderation.case_opened import CaseOpened
from shared.events.moderation.decision_reversed import DecisionReversed
from shared.events.moderation.interaction_judged import InteractionJudged
from tests.services.moderation.conftest import INSULT, POLITE, Moderation


async def test_an_insult_is_hidden_and_waits_for_a_person(moderation: Moderation) -> None:
    """Verdict and case are stated together, and say why."""
    said = moderation.said(INSULT)
    judged, opened = await moderation.hears(said)
    assert isinstance(judged, InteractionJudged)
    assert (judged.outcome, judged.wish, judged.rule) == ("hide", "hide", "insult")
    assert any("connards" in reason.words for reason in judged.reasons)
    assert isinstance(opened, CaseOpened)
    assert (opened.case_id, opened.seq, opened.hidden) == (judged.case_id, 1, True)
    assert "insult" in opened.why


async def test_evidence_is_kept_before_the_verdict_is_stated(moderation: Moderation) -> None:
    """What was said, by whom and where stands in the case by the time the handler has anything to say."""
    said = moderation.said(INSULT, who="raoul")
    judged, opened = await moderation.hears(said)
    case = await moderation.case(said)
    assert case is not None
    (kept,) = case["evidence"]
    assert isinstance(judged, InteractionJudged)
    assert isinstance(opened, CaseOpened)
    assert kept["evidence_id"] == opened.evidence_id
    assert (kept["text"], kept["author"]["name"], kept["place"]["external_id"]) == (
        INSULT,
        "raoul",
        said.place.external_id,
    )


async def test_two_moderators_claim_and_one_wins(moderation: Moderation) -> None:
    """The other learns who has it, and cannot decide it either."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    answers = await asyncio.gather(*(moderation.on_case(said, "claim", person=who) for who in ("ines", "tom")))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    winner = next(answer for answer in answers if answer.status_code == 200).json()["claimed_by"]
    loser = {"ines": "tom", "tom": "ines"}[winner]
    refused = await moderation.decide(said, "allow", person=loser)
    assert refused.status_code == 409
    assert refused.json()["current"]["claimed_by"] == winner
    assert (await moderation.decide(said, "allow", person=winner)).status_code == 200


async def test_two_people_decide_and_one_wins(moderation: Moderation) -> None:
    """Exactly one decision is stated; the other learns who was first."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    answers = await asyncio.gather(
        moderation.decide(said, "hide", person="ines"), moderation.decide(said, "allow", person="tom")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert moderation.told(CaseDecided) == ["CaseDecided"]


async def test_a_crash_between_verdict_and_case_leaves_no_gap(moderation: Moderation) -> None:
    """The redelivered event finds its verdict, and writes the evidence before it states anything."""
    said = moderation.said(INSULT)
    first = await moderation.hears(said)
    await moderation.resources.floor.database.brand("cases").delete({"brand_id": moderation.brand_id})
    assert await moderation.hears(said) == first
    case = await moderation.case(said)
    assert case is not None
    assert case["evidence"][0]["text"] == INSULT


async def test_a_decision_undone_within_its_window_never_leaves(moderation: Moderation) -> None:
    """The held event is gone from the outbox, the case is open again."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    decided = (await moderation.decide(said, "hide")).json()
    assert decided["state"] == "deciding"
    assert decided["leaves_at"]
    assert await moderation.held() == 1
    undone = (await moderation.on_case(said, "undo")).json()
    assert (undone["state"], undone["undone"]) == ("open", True)
    assert undone["seq"] > decided["seq"]
    assert await moderation.held() == 0


async def test_a_decision_undone_after_its_window_is_reversed(moderation: Moderation) -> None:
    """A counter-action is stated, with a higher number than the decision."""
    said = moderation.said(POLITE)
    await moderation.hears(said)
    decided = (await moderation.decide_from_inbox(said, "hide")).json()
    await past_the_window(moderation, said)
    undone = (await moderation.on_case(said, "undo")).json()
    assert undone["reversed"] is True
    reversal = moderation.stated[-1]
    assert isinstance(reversal, DecisionReversed)
    assert reversal.wish == "show"
    assert reversal.seq > decided["seq"]
    again = await moderation.on_case(said, "undo")
    assert again.status_code == 409


async def test_undo_and_departure_race_and_exactly_one_wins(moderation: Moderation) -> None:
    """Either the decision never leaves, or it does and is reversed; never both, never neither."""
    for _ in range(8):
        said = moderation.said(INSULT)
        await moderation.hears(said)
        await moderation.decide(said, "allow")
        case = await moderation.case(said)
        assert case is not None
        await set_due(moderation, case["outbox_id"])
        released, undone = await asyncio.gather(
            moderation.resources.floor.database.outbox.due(1000), moderation.on_case(said, "undo")
        )
        left = any(row.id == case["outbox_id"] for row in released)
        state = undone.json()
        assert state["undone"] is not state["reversed"]
        assert not (left and state["undone"])
        waiting = await moderation.resources.floor.database.system("outbox").get({"_id": case["outbox_id"]})
        assert (waiting is None) is state["undone"]


async def test_a_stale_revision_cannot_be_decided(moderation: Moderation) -> None:
    """409 carries the text as it is now."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    await moderation.hears(moderation.edited(said, "Connards, je persiste"))
    refused = await moderation.decide(said, "allow", revision=1)
    assert refused.status_code == 409
    assert refused.json()["current"]["text"] == "Connards, je persiste"
    assert refused.json()["current"]["revision"] == 2


async def test_a_command_sent_twice_has_one_effect(moderation: Moderation) -> None:
    """The same idempotency key is answered with the same state."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    path = f"/brands/{moderation.brand_id}/interactions/{said.interaction_id}/decide"
    body = {"revision": 1, "decision": "hide", "reason": ""}
    first, second = [await moderation.command("POST", path, body, key="once") for _ in range(2)]
    assert first.json() == second.json()
    assert moderation.told(CaseDecided) == ["CaseDecided"]


async def test_deciding_from_the_inbox_opens_the_case_first(moderation: Moderation) -> None:
    """A comment that no rule minds: the case, its evidence and the decision come into being together."""
    said = moderation.said(POLITE)
    (judged,) = await moderation.hears(said)
    assert isinstance(judged, InteractionJudged)
    assert judged.case_id == ""
    decided = (await moderation.decide_from_inbox(said, "hide")).json()
    assert (decided["state"], decided["wish"], decided["decided_by"]) == ("deciding", "hide", "ines")
    assert moderation.told() == ["CaseOpened", "CaseDecided"]
    case = await moderation.case(said)
    assert case is not None
    assert case["evidence"][0]["text"] == POLITE
    unknown = await moderation.decide_from_inbox(moderation.said("jamais vu"), "hide")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "not judged yet")


async def test_a_case_handed_up_waits_for_somebody_else(moderation: Moderation) -> None:
    """Escalating frees it and says to whom and why."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    await moderation.on_case(said, "claim")
    state = (await moderation.on_case(said, "escalate", {"to": "legal", "why": "defamation"})).json()
    assert (state["state"], state["escalated_to"], state["claimed_by"]) == ("open", "legal", "")
    assert moderation.told() == ["CaseClaimed", "CaseEscalated"]


async def test_a_claim_that_ran_out_is_free_again(moderation: Moderation) -> None:
    """The clock is the database's; the loop states it."""
    said = moderation.said(INSULT)
    await moderation.hears(said)
    await moderation.on_case(said, "claim", person="tom")
    loop = ClaimsReleasing(moderation.resources.floor.database, moderation.resources.cases)
    await loop.release_run_out()
    assert "CaseReleased" not in moderation.told()
    now = await moderation.resources.floor.database.now()
    where = {"interaction_id": said.interaction_id, "brand_id": moderation.brand_id}
    await moderation.resources.floor.database.brand("cases").update(where, {"$set": {"claimed_until": now}})
    await loop.release_run_out()
    assert moderation.told()[-1] == "CaseReleased"
    assert (await moderation.on_case(said, "claim", person="ines")).status_code == 200


async def past_the_window(moderation: Moderation, said: Any) -> None:
    """As if the undo window had passed."""
    case = await moderation.case(said)
    assert case is not None
    await set_due(moderation, case["outbox_id"])
    assert await moderation.resources.floor.database.outbox.due(1000)


async def set_due(moderation: Moderation, outbox_id: str) -> None:
    """Its time has come."""
    now = await moderation.resources.floor.database.now()
    rows = moderation.resources.floor.database.system("outbox")
    await rows.update({"_id": outbox_id}, {"$set": {"not_before": now}})
