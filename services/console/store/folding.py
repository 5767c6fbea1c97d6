"""What each fact writes into an inbox item (see `fold` for how)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from services.console.domain.searching import words_of
from services.console.store import fold
from services.console.store.fold import Stage
from shared.events.event import BrandEvent
from shared.events.ids import interaction_id
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.events.ingest.interaction_visibility_changed import InteractionVisibilityChanged
from shared.events.ingest.parts import InteractionText, Place
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.events.moderation.parts import CaseFact
from shared.events.publisher.parts import ActionFact

SHOWN_OF_A_VERDICT = {
    *("outcome", "wish", "rule", "also_matched", "reasons", "scores", "judge", "revision", "policy_version"),
    *("judged_at", "suggest_reply", "language"),
}


def text(fact: InteractionText, promise: timedelta) -> list[Stage]:
    """A revision of the text; `promise` is how soon the brand means to answer."""
    return fold.interaction(
        [
            fold.newer("text_no", text_no(fact), text_values(fact, promise)),
            fold.newer("sight_no", sight_no(fact), {"visibility": fact.visibility}),
            fold.newer_part(f"revisions.{fact.revision}", text_no(fact), revision_values(fact)),
        ]
    )


def text_values(fact: InteractionText, promise: timedelta) -> dict[str, Any]:
    """What a revision says, as an item shows it."""
    said = min(fact.said_at, fact.seen_at)
    return {
        **_place(fact.place),
        "kind": fact.kind,
        "author": fact.author.model_dump(),
        "author_is_brand": fact.author_is_brand,
        "text": fact.text,
        "language": fact.language,
        "media": [media.model_dump() for media in fact.media],
        "said_at": said,
        "seen_at": fact.seen_at,
        "changed_at": fact.seen_at if fact.revision > 1 else said,
        "revision": fact.revision,
        "backfill": fact.backfill,
        "via": fact.via,
        "due_at": said + promise,
        "words": words_of(fact.author.name, fact.author.handle, fact.text),
    }


def revision_values(fact: InteractionText) -> dict[str, Any]:
    """What is kept of each revision."""
    return {"text": fact.text, "seen_at": fact.seen_at}


def text_no(fact: InteractionText) -> tuple[int, int]:
    """The number of a text."""
    return (fact.epoch, fact.revision)


def sight_no(fact: InteractionText) -> tuple[int, int]:
    """The number of a look."""
    return (fact.epoch, fact.sighting)


def visibility(fact: InteractionVisibilityChanged) -> list[Stage]:
    """What others see of it now."""
    values = {"visibility": fact.visibility, "visibility_at": fact.seen_at}
    return fold.interaction([fold.newer("sight_no", (fact.epoch, fact.sighting), values)])


def deletion(fact: InteractionDeleted) -> list[Stage]:
    """A tombstone: no later fact brings the text back."""
    return fold.interaction([fold.once({"deleted": True, "deleted_at": fact.seen_at, "revisions": {}})])


def verdict(fact: InteractionJudged) -> list[Stage]:
    """Moderation's judgement of one revision."""
    return fold.interaction([fold.newer("verdict_no", verdict_no(fact), {"verdict": verdict_values(fact)})])


def verdict_values(fact: InteractionJudged) -> dict[str, Any]:
    """What an item shows of a verdict."""
    return fact.model_dump(include=SHOWN_OF_A_VERDICT)


def verdict_no(fact: InteractionJudged) -> tuple[int, int, int]:
    """The number of a verdict."""
    return (fact.epoch, fact.revision, fact.policy_version)


def case(fact: CaseFact, state: Mapping[str, Any]) -> list[Stage]:
    """Where a case stands after a fact about it."""
    values = {"case_id": fact.case_id, "revision": fact.revision, "seq": fact.seq, "at": fact.at, **state}
    return fold.interaction([fold.newer("case_no", (fact.epoch, fact.seq), {"case": values})])


def opened(fact: CaseFact, grounds: Mapping[str, Any]) -> list[Stage]:
    """Why a case was opened: kept apart, since later facts about the case do not repeat it."""
    values = {"case_id": fact.case_id, "revision": fact.revision, "at": fact.at, **grounds}
    state = {"case_id": fact.case_id, "revision": fact.revision, "seq": fact.seq, "at": fact.at, "state": "open"}
    number = (fact.epoch, fact.seq)
    stages = [fold.newer("opened_no", number, {"opened": values}), fold.newer("case_no", number, {"case": state})]
    return fold.interaction(stages)


def action(fact: ActionFact, state: str, result: Mapping[str, Any]) -> list[Stage]:
    """What became of something asked of the network."""
    values = {"action": fact.action, "state": state, "person": fact.person, "why": fact.why, "at": fact.at, **result}
    stages = [fold.newer_part(f"actions.{fact.action_id}", (fact.epoch, fact.seq), values)]
    if fact.action == "reply" and state == "taken":
        stages.append(fold.latest("answered_at", fact.at))
    return fold.interaction([*stages, *_stranded(fact.action)])


def answered(by: InteractionText) -> list[Stage]:
    """The brand's own account answered it on the network."""
    return fold.interaction([fold.latest("answered_at", min(by.said_at, by.seen_at))])


def about(fact: BrandEvent, interaction_id: str) -> dict[str, str]:
    """The filter of one item."""
    return {"_id": interaction_id, "brand_id": fact.brand_id}


def _place(place: Place) -> dict[str, Any]:
    return {
        "place": place.model_dump(),
        "network": place.network,
        "channel_id": place.channel_id,
        "thread_id": place.thread_id,
        "external_id": place.external_id,
        "parent_external_id": place.parent_external_id,
        "thread_external_id": place.thread_external_id,
        "permalink": place.permalink,
    }


def action_state(state: Mapping[str, Any]) -> list[Stage]:
    """An action's state as publisher answered a command with it."""
    kept = ("action", "state", "text", "why", "person", "result", "remote_id")
    values = {name: state[name] for name in kept if name in state} | {"at": _moment(state["updated_at"])}
    number = (state.get("epoch", 0), state["seq"])
    stages = [fold.newer_part(f"actions.{state['action_id']}", number, values)]
    return fold.interaction([*stages, *_stranded(state["action"])])


def _stranded(action: str) -> list[Stage]:
    """Whether a reply waits for a person to say what becomes of it."""
    states = {"$map": {"input": {"$objectToArray": {"$ifNull": ["$actions", {}]}}, "in": "$$this.v.state"}}
    return [{"$set": {"stranded": {"$in": ["stranded", states]}}}] if action == "reply" else []


def case_state(state: Mapping[str, Any]) -> list[Stage]:
    """A case's state as moderation answered a command with it: why it was opened, and where it stands."""
    number = (state.get("epoch", 0), state["seq"])
    same = {name: state[name] for name in ("case_id", "revision")} | {"at": _moment(state["updated_at"])}
    grounds = {name: state.get(name) for name in ("severity", "rule", "why", "hidden", "suggested", "evidence_id")}
    standing = ("state", "claimed_by", "decision", "wish", "decided_by", "reason", "escalated_to", "seq")
    case = {name: state.get(name) for name in standing}
    case |= {name: _moment(state.get(name)) for name in ("claimed_until", "leaves_at")}
    return fold.interaction(
        [
            fold.newer("opened_no", number, {"opened": same | grounds}),
            fold.newer("case_no", number, {"case": same | case}),
        ]
    )


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


Change = tuple[dict[str, str], list[Stage]]


def text_changes(fact: InteractionText, promise: timedelta) -> list[Change]:
    """The item, and where the brand itself answered on the network, the item that it answered."""
    return [(about(fact, fact.interaction_id), text(fact, promise)), *answers(fact)]


def answers(fact: InteractionText) -> list[Change]:
    """The item that the brand's own account answered with this."""
    if not (fact.author_is_brand and fact.place.parent_external_id):
        return []
    parent = interaction_id(fact.place.network, fact.place.channel_id, fact.place.parent_external_id)
    return [(about(fact, parent), answered(fact))]
