"""A case as the moderation page shows it, and the row that stands for it in the queue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.console.capabilities import Can, can
from services.console.domain import verdicts
from services.console.domain.passages import passages
from services.console.pages.item_view import Item, item
from services.console.shell import Shell
from services.console.visits import Visit, zone_of
from services.console.words import Words

AROUND = 3
UNTOLD: Mapping[str, Any] = {"rule": "", "hidden": False, "suggested": "", "evidence_id": ""}  # of a case heard late
SPOKE = re.compile(r"\b([a-z_]+) ([01]\.\d\d):")
TOLD = {
    "edited after a person hid it": "moderation.why_hid_before",
    "edited while a decision was being taken": "moderation.why_voided",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """A button of the decision bar; `off` says why it cannot be pressed."""

    name: str
    key: str
    suggested: bool
    off: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the queue. `gone`: it was decided since the list was read."""

    item: Item
    title: str
    severity: int
    note: str
    current: bool = False
    gone: bool = False


def case_row(doc: Mapping[str, Any], shell: Shell, words: Words, here: Visit, names: Mapping[str, str]) -> CaseRow:
    """The row of a stored item that waits for a decision."""
    brand = shell.tile(doc["brand_id"])
    shown = item(doc, brand, words.at(zone_of(brand.timezone)), here.now)
    severity = min(3, max(1, int((doc.get("opened") or {}).get("severity") or 1)))
    gone = not (doc.get("case") or {}).get("waits")
    return CaseRow(shown, title(doc, words), severity, _note(doc, words, here, names), gone=gone)


def title(doc: Mapping[str, Any], words: Words) -> str:
    """What kind of case it is: its strongest sign, else the rule that opened it."""
    signs = verdicts.signs(doc.get("verdict"))
    if signs:
        return words(f"item.sign_{signs[0].name}").capitalize()
    return (doc.get("opened") or {}).get("rule") or words("moderation.by_person")


def claimed_by(doc: Mapping[str, Any], here: Visit) -> str:
    """Who holds the case now; empty when nobody does."""
    case = doc.get("case") or {}
    until = case.get("claimed_until")
    is_held = case.get("state") == "claimed" and (until is None or until > here.now)
    return str(case.get("claimed_by") or "") if is_held else ""


async def case_values(here: Visit, shell: Shell, words: Words, doc: Mapping[str, Any]) -> dict[str, Any]:
    """All that the case's templates print."""
    brand = shell.tile(doc["brand_id"])
    words = words.at(zone_of(brand.timezone))
    focus, opened, case = (
        item(doc, brand, words, here.now),
        {**UNTOLD, **(doc.get("opened") or {})},
        doc.get("case") or {},
    )
    around = await here.console.threads.around(doc, 2 * AROUND + 1, AROUND)
    author = (doc.get("author") or {}).get("id", "")
    others = await here.console.inbox.of_author(doc["brand_id"], author, limit=20)
    holder = claimed_by(doc, here)
    names = await here.console.members.names([holder]) if holder else {}
    older = [text for text in (doc.get("revisions") or {}).values() if text["text"] != doc.get("text")]
    return {
        "focus": focus,
        "title": title(doc, words),
        "opened": opened,
        "grounds": grounds(opened, words),
        "case": case,
        "out_of_sight": out_of_sight(doc, can(here.console.networks, focus.network)),
        "severity": min(3, max(1, int(opened.get("severity") or 1))),
        "passages": passages(focus.text, doc.get("verdict")),
        "around": [item(one, brand, words, here.now) for one in around],
        "verdict": doc.get("verdict"),
        "scores": verdicts.scores(doc.get("verdict")),
        "judged_at": words.moment(doc["verdict"]["judged_at"], here.now) if doc.get("verdict") else "",
        "captured": words.moment(opened["at"], here.now) if opened.get("at") else "",
        "others": [item(one, brand, words, here.now) for one in others if one["_id"] != doc["_id"]][:4],
        "exchanges": len(others),
        "hidden_before": sum(one.get("state") == "hidden" for one in others if one["_id"] != doc["_id"]),
        "holder": names.get(holder, holder) if holder != here.person.member_id else "",
        "mine_left": _left(case, words, here) if holder == here.person.member_id else "",
        "decisions": decisions(opened.get("suggested", ""), can(here.console.networks, focus.network), focus.by_brand),
        "may": {right: here.person.may(right, doc["brand_id"]) for right in ("decide", "reply")},
        "earlier": [{"when": words.moment(text["seen_at"], here.now), "text": text["text"]} for text in older],
    }


def out_of_sight(doc: Mapping[str, Any], able: Can) -> bool:
    """Whether the public does not see it meanwhile: a rule's wish to hide is no hide where the network offers none."""
    acts = doc.get("actions", {}).values()
    refused = any(act["action"] == "hide" and act["state"] == "failed" for act in acts)
    wished = bool((doc.get("opened") or {}).get("hidden"))
    return doc.get("state") == "hidden" or (wished and able.hide and not refused)


def decisions(suggested: str, able: Can, by_brand: bool) -> list[Decision]:
    """What can be decided on this network; what cannot be done has no live button, and says so."""
    delete = able.delete if by_brand else able.delete_others
    offered = (("allow", "A", True), ("hide", "H", able.hide), ("delete", "D", delete))
    return [Decision(name, key, name == suggested, "" if can_be else name) for name, key, can_be in offered]


def _note(doc: Mapping[str, Any], words: Words, here: Visit, names: Mapping[str, str]) -> str:
    case, opened = doc.get("case") or {}, doc.get("opened") or {}
    holder = claimed_by(doc, here)
    if case.get("state") in ("deciding", "decided"):
        return words.known(f"moderation.done_{case.get('decision')}", "")
    if holder == here.person.member_id:
        return words("moderation.yours", left=_left(case, words, here))
    if holder:
        return words("moderation.theirs", name=names.get(holder, holder))
    if case.get("escalated_to"):
        return words("moderation.escalated", to=case["escalated_to"])
    return grounds(opened, words) or words("moderation.by_person")


def grounds(opened: Mapping[str, Any], words: Words) -> str:
    """Moderation's reason for a case, in the reader's words where they are known."""

    def spoke(hit: re.Match[str]) -> str:
        sign = words.known(f"item.sign_{hit[1]}", hit[1])
        return words("moderation.spoke", sign=sign, score=words.number(float(hit[2]), 2))

    parts = (opened.get("why") or "").split("; ")
    return "; ".join(words(TOLD[part]) if part in TOLD else SPOKE.sub(spoke, part) for part in parts)


def _left(case: Mapping[str, Any], words: Words, here: Visit) -> str:
    until = case.get("claimed_until")
    return words.span(until - here.now) if until else words.span(timedelta(minutes=10))
