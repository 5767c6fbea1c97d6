"""An inbox item as pages show it: everything a template prints, already in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.console.domain import promise as promises
from services.console.domain import verdicts
from services.console.domain.brands import BrandTile
from services.console.domain.networks import badge
from services.console.words import Words

PENDING = {"wanted": "sending", "sending": "sending", "not_sent": "sending"}
STATE_SIGNS = {
    "sending": ("mute", "clock"),
    "taken": ("ok", "check"),
    "unsettled": ("unk", "ringdash"),
    "stranded": ("warn", "warn"),
    "failed": ("bad", "oct"),
}


@dataclass(frozen=True, slots=True)
class Ring:
    """A promise drawn and written."""

    kind: str
    arc: float
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something asked of the network, and what became of it."""

    action: str
    state: str
    kind: str
    icon: str
    words: str
    text: str
    why: str
    when: str
    person: str
    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One interaction on a page. `doc` is the stored document, for what only one place shows."""

    id: str
    brand: BrandTile
    network: str
    network_name: str
    name: str
    handle: str
    initials: str
    text: str
    language: str
    kind: str
    said: str
    said_full: str
    edited: str
    ring: Ring | None
    when: str
    signs: Sequence[verdicts.Sign]
    advice: str
    state: str
    acts: Sequence[Act]
    by_brand: bool
    unread: bool
    depth: int
    media: int
    doc: Mapping[str, Any] = field(repr=False)

    def without(self, copies: Collection[str]) -> "Item":
        """The item without those replies of ours whose copy on the network stands in the thread itself."""
        return replace(self, acts=[act for act in self.acts if act.action != "reply" or act.remote_id not in copies])


def item(doc: Mapping[str, Any], brand: BrandTile, words: Words, now: datetime) -> Item:
    """A stored item in words."""
    author = doc.get("author") or {}
    name = author.get("name") or author.get("handle") or words("item.somebody")
    said = doc.get("said_at") or now
    verdict = doc.get("verdict")
    return Item(
        id=doc["_id"],
        brand=brand,
        network=doc.get("network", ""),
        network_name=badge(doc.get("network", "")).name,
        name=name,
        handle=author.get("handle", ""),
        initials="".join(part[0] for part in name.split()[:2]).upper(),
        text=doc.get("text", ""),
        language=doc.get("language") or (verdict or {}).get("language", ""),
        kind=words.known(f"item.kind_{doc.get('kind', '')}", doc.get("kind", "")),
        said=words.moment(said, now),
        said_full=words.full(said),
        edited=words.clock(doc["seen_at"]) if doc.get("revision", 1) > 1 else "",
        ring=ring(doc, brand.promise, words, now),
        when=words.ago(said, now),
        signs=verdicts.signs(verdict),
        advice=verdicts.advice(verdict),
        state=doc.get("state", ""),
        acts=acts(doc, words, now),
        by_brand=bool(doc.get("author_is_brand")),
        unread=doc.get("state") == "to_answer" and not doc.get("opened_at"),
        depth=int(doc.get("parent_external_id", "") not in ("", doc.get("thread_external_id"))),
        media=len(doc.get("media") or ()),
        doc=doc,
    )


def ring(doc: Mapping[str, Any], minutes: int, words: Words, now: datetime) -> Ring | None:
    """The promise of an item that waits for an answer; None of any other."""
    if doc.get("state") not in ("to_answer", "held") or not doc.get("due_at") or doc.get("backfill"):
        return None
    drawn = promises.promise(doc["due_at"], minutes, now)
    title = words("item.due", when=words.full(doc["due_at"]))
    return Ring(drawn.kind, drawn.arc, words.span(drawn.left), title)


def acts(doc: Mapping[str, Any], words: Words, now: datetime) -> list[Act]:
    """What was asked of the network about an item, in order."""
    stored = sorted((doc.get("actions") or {}).values(), key=lambda action: action.get("at") or now)
    return [_act(action, words, now) for action in stored]


def _act(action: Mapping[str, Any], words: Words, now: datetime) -> Act:
    state = PENDING.get(action.get("state", ""), action.get("state", ""))
    kind, icon = STATE_SIGNS.get(state, ("mute", "ring"))
    named = f"item.act_{action['action']}_{state}"
    return Act(
        action=action["action"],
        state=state,
        kind=kind,
        icon=icon,
        words=words.known(named, words.known(f"item.act_{state}", state)),
        text=action.get("text", ""),
        why=action.get("why", ""),
        when=words.moment(action["at"], now) if action.get("at") else "",
        person=action.get("person", ""),
        remote_id=action.get("remote_id", ""),
    )
