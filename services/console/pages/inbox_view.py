"""What the inbox's templates print: rows, queues, reception, and the conversation that is open."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.console.capabilities import can, settings_of
from services.console.domain import filters as view
from services.console.domain import verdicts
from services.console.domain.answers import fitting
from services.console.domain.filters import Filters
from services.console.pages.item_view import Item, item
from services.console.pages.thread_view import passage
from services.console.shell import Shell
from services.console.visits import Visit, zone_of
from services.console.words import LANGUAGES, Words, messages
from shared.mongo.operations import Document

QUEUE_SIGNS = {
    view.TO_ANSWER: ("reply", "accent"),
    view.LATE: ("clock", "bad"),
    view.MINE: ("user", ""),
    view.HELD: ("shield", "bad"),
    view.HIDDEN: ("eyeoff", ""),
    view.DONE: ("check", ""),
    view.EARLIER: ("replay", ""),
    view.ALL: ("inbox", ""),
}
COUNTED = (view.TO_ANSWER, view.LATE, view.MINE, view.HELD)


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue with the number that waits in it."""

    name: str
    icon: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who took an item."""

    name: str
    initials: str
    is_me: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An item in the list. `gone`: it no longer belongs to the list it stays in until the list is read anew."""

    item: Item
    current: bool = False
    gone: bool = False
    note: str = ""
    assignee: Assignee | None = None

    @property
    def unread(self) -> bool:
        """Nobody opened it yet."""
        return self.item.unread and not self.gone


@dataclass(frozen=True, slots=True)
class Reception:
    """How what came in was noticed, over the channels shown."""

    webhook: int = 0
    poll: int = 0
    pending: int = 0
    gaps: Sequence[Mapping[str, str]] = ()

    @property
    def whole(self) -> int:
        """All that came in."""
        return self.webhook + self.poll + self.pending

    @property
    def webhook_share(self) -> float:
        """In hundredths, for drawing."""
        return round(100 * self.webhook / self.whole, 2)

    @property
    def poll_share(self) -> float:
        """In hundredths, for drawing."""
        return round(100 * self.poll / self.whole, 2)

    @property
    def pending_share(self) -> float:
        """In hundredths, for drawing."""
        return round(100 * self.pending / self.whole, 2)


def rows(docs: Sequence[Mapping[str, Any]], here: Visit, shell: Shell, words: Words, filters: Filters) -> list[Row]:
    """The list; items that left its queue since it was read are greyed, with what happened."""
    return [_row(doc, here, shell, words, filters) for doc in docs]


async def own_counts(here: Visit, brands: Sequence[str]) -> dict[str, int]:
    """Of the queues whose number does not stand around every page."""
    counted = (view.MINE, view.HELD)
    inbox, person = here.console.inbox, here.person.member_id
    numbers = [inbox.count(brands, Filters(queue), person=person, now=here.now) for queue in counted]
    return dict(zip(counted, await asyncio.gather(*numbers), strict=True))


def queues(shell: Shell, brands: Sequence[str], own: Mapping[str, int]) -> list[Queue]:
    """All queues, those that wait for people with their number; `own` as `own_counts` gives them."""
    waits = [shell.waits[brand] for brand in brands if brand in shell.waits]
    counts = {
        view.TO_ANSWER: sum(brand.to_answer for brand in waits),
        view.LATE: sum(brand.late for brand in waits),
        **own,
    }
    return [Queue(name, *QUEUE_SIGNS[name], counts.get(name, 0)) for name in view.QUEUES]


async def measured(here: Visit, brands: Sequence[str]) -> tuple[Sequence[Document], Mapping[str, Document]]:
    """The brands' channels, and the measure of each that has one."""
    return await asyncio.gather(here.console.directory.channels(brands), here.console.measures.of(brands))


def reception(listed: Sequence[Document], measures: Mapping[str, Document], words: Words) -> Reception:
    """Reception over the last day, of channels as `measured` gives them."""
    channels = {channel["_id"]: channel for channel in listed}
    shown = [measure for channel_id, measure in measures.items() if channel_id in channels]
    gaps = [
        {
            "network": measure["network"],
            "channel": channels[measure["_id"]]["name"],
            "start": words.clock(gap["start"]),
            "end": words.clock(gap["end"]),
        }
        for measure in shown
        for gap in measure.get("gaps", ())[-1:]
    ]
    webhook, poll, pending = (
        sum(measure.get(name, 0) for measure in shown) for name in ("webhook", "poll_only", "pending")
    )
    return Reception(webhook, poll, pending, gaps[:3])


async def conversation(
    here: Visit, shell: Shell, words: Words, doc: Mapping[str, Any], *, said: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The open conversation: its thread, its author, its verdict, and what this person may do. `said` is what the
    last act answered: `trouble`, `told`, `draft`."""
    brand = shell.tile(doc["brand_id"])
    here_words, now = words.at(zone_of(brand.timezone)), here.now
    author = (doc.get("author") or {}).get("id", "")
    shown, others, contacts, channel = await asyncio.gather(
        passage(here, brand, here_words, doc),
        here.console.inbox.of_author(doc["brand_id"], author),
        here.console.contacts.of_author(doc["brand_id"], author),
        here.console.directory.channel(doc["brand_id"], doc.get("channel_id", "")),
    )
    return {
        **shown,
        "contacts": contacts,
        "others": [item(one, brand, here_words, now) for one in others if one["_id"] != doc["_id"]][:5],
        "may": {right: here.person.may(right, doc["brand_id"]) for right in ("reply", "decide", "note")},
        "can": can(here.console.networks, shown["focus"].network, settings_of(channel or {})),
        "reply_id": here.console.floor.new_id(),
        **_facts(doc, brand.promise, here_words, now),
        **_handling(doc, here),
        "trouble": "",
        "told": "",
        "draft": "",
        **(said or {}),
    }


def _facts(doc: Mapping[str, Any], promise: int, words: Words, now: datetime) -> dict[str, Any]:
    verdict = doc.get("verdict")
    seen = doc.get("seen_at") or now
    via = words.known(f"item.via_{doc.get('via', '')}", doc.get("via", ""))
    older = [text for text in (doc.get("revisions") or {}).values() if text["text"] != doc.get("text")]
    return {
        "verdict": verdict,
        "scores": verdicts.scores(verdict),
        "judged_at": words.moment(verdict["judged_at"], now) if verdict else "",
        "suggestions": _suggestions(doc, words),
        "promised": words.span(timedelta(minutes=promise)),
        "received": words("inbox.received_words", when=words.moment(seen, now), via=via),
        "due": words.moment(doc["due_at"], now) if doc.get("due_at") else "",
        "permalink": _link(doc.get("permalink", "")),
        "earlier": [{"when": words.moment(text["seen_at"], now), "text": text["text"]} for text in older],
    }


def _suggestions(doc: Mapping[str, Any], words: Words) -> list[dict[str, str]]:
    """Saved answers in the language of the author, titled in the reader's."""
    verdict, author = doc.get("verdict") or {}, doc.get("author") or {}
    language = doc.get("language") or verdict.get("language", "")
    theirs = Words(language, messages(language), words.zone) if language in LANGUAGES else words
    name = str(author.get("name") or author.get("handle") or "").split(" ")[0]
    return [
        {"title": words(f"answers.title_{kind}"), "text": theirs(f"answers.{kind}", name=name)}
        for kind in fitting(verdict.get("suggest_reply", ""))
    ]


def _handling(doc: Mapping[str, Any], here: Visit) -> dict[str, Any]:
    return {"mine": doc.get("assignee") == here.person.member_id, "finished": "finished_revision" in doc}


def _link(address: str) -> str:
    """Only web addresses become links: a network's data may hold any other."""
    return address if address.startswith(("https://", "http://")) else ""


def _row(doc: Mapping[str, Any], here: Visit, shell: Shell, words: Words, filters: Filters) -> Row:
    brand = shell.tile(doc["brand_id"])
    shown = item(doc, brand, words.at(zone_of(brand.timezone)), here.now)
    waits = filters.queue in (view.TO_ANSWER, view.LATE, view.MINE)
    gone = waits and doc.get("state") != view.TO_ANSWER
    note = words.known(f"item.state_{doc.get('state')}", "") if gone or filters.queue == view.ALL else ""
    name = doc.get("assignee_name", "")
    assignee = None
    if name:
        initials = "".join(part[0] for part in name.split()[:2]).upper()
        assignee = Assignee(name, initials, doc.get("assignee") == here.person.member_id)
    return Row(shown, gone=gone, note=note, assignee=assignee)
