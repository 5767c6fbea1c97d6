"""What waits for a person today, in words: each line says what, how pressing it is, and where it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.console.domain.brands import BrandTile
from services.console.pages.campaigns_view import sign
from services.console.pages.channel_view import ChannelRow
from services.console.shell import Shell
from services.console.words import Words

Doc = Mapping[str, Any]
NAMED = 3
MOST = 60
GRAVE = 3
RECENT = timedelta(days=7)  # what some channels of a post refused is not told for ever: others have it
PRESSING = ("bad", "warn", "info", "mute")


@dataclass(frozen=True, slots=True)
class Need:
    """One line. `kind` is how pressing it is (bad, warn, info, mute), `do` the word on its button."""

    kind: str
    icon: str
    words: str
    meta: str
    href: str
    do: str


@dataclass(frozen=True, slots=True)
class Waits:
    """What was read for one person's brands, bounded: at most `MOST` of each."""

    oldest: Doc | None
    soon: int
    cases: Doc
    posts: Sequence[Doc]
    going_out: Sequence[Doc]
    waiting: Sequence[Doc]
    replies: Sequence[Doc]
    channels: Sequence[ChannelRow]
    paused: Sequence[Doc]
    approvers: frozenset[str] = field(default_factory=frozenset)
    me: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """Whose page it is: its brands, its words, its hour."""

    shell: Shell
    brands: Sequence[BrandTile]
    words: Words
    now: datetime

    def some(self, key: str, docs: Sequence[Doc], place: str, kind: str, icon: str) -> list[Need]:
        """One line for some posts or replies: the only one by its address, several by the list that has them."""
        if not docs:
            return []
        only = docs[0] if len(docs) == 1 else None
        section = "inbox" if place == "inbox" else "posts"
        href = f"/{only['brand_id']}/{section}/{only['_id']}" if only else f"/{self.shell.scope}/{place}"
        return [Need(kind, icon, self.count(key, len(docs)), self.named(docs), href, self.words(f"today.do_{key}"))]

    def count(self, key: str, n: int) -> str:
        """`3 posts were refused`; `60+` where no more were read."""
        return self.words(f"today.{key}", count=n, shown=f"{n}+" if n >= MOST else self.words.number(n))

    def named(self, docs: Sequence[Doc]) -> str:
        """Brand and title of the first few."""
        told = [self.words.pair(self.shell.tile(one["brand_id"]).name, self.title(one)) for one in docs[:NAMED]]
        return " · ".join([*told, "…"] if len(docs) > NAMED else told)

    def title(self, doc: Doc) -> str:
        """A post's title, else the beginning of what it or an interaction says."""
        texts = [one.get("text", "") for one in doc.get("renditions") or ()]
        said = doc.get("title") or next((text for text in texts if text), "") or doc.get("text", "")
        return str(said)[:60] or self.words("posts.untitled")


def needs(waits: Waits, by: Teller) -> list[Need]:
    """Every line that someone should act on, the most pressing first."""
    recent = [one for one in waits.posts if one["state"] != "published" or one["updated_at"] > by.now - RECENT]
    stranded = [one for one in waits.posts if "stranded" in _ends(one)]
    late = [one for one in recent if one["state"] == "late" and one not in stranded]
    refused = [one for one in recent if one not in stranded and one not in late]
    settling = [one for one in waits.going_out if _ends(one) & {"unsettled", "unknown"} and one not in stranded]
    mine = [one for one in waits.waiting if one["brand_id"] in waits.approvers and one.get("author") != waits.me]
    found = [
        *_answers(waits, by),
        *_cases(waits.cases, by),
        *by.some("refused", refused, "posts", "bad", "oct"),
        *by.some("stranded", stranded, "posts", "bad", "warn"),
        *by.some("replies", waits.replies, "hold" if len(waits.replies) > 1 else "inbox", "bad", "reply"),
        *by.some("late", late, "hold", "warn", "clock"),
        *by.some("approve", mine, "posts", "warn", "users"),
        *(_channel(one, by) for one in waits.channels if one.needs_someone),
        *(_campaign(one, by) for one in waits.paused),
        *by.some("settling", settling, "posts", "mute", "ringdash"),
    ]
    return sorted(found, key=lambda one: PRESSING.index(one.kind))


def _answers(waits: Waits, by: Teller) -> list[Need]:
    """Answers that are late against their promise, and those that will be within the hour."""
    late, words = sum(brand.late for brand in by.brands), by.words
    place = f"/{by.shell.scope}/inbox"
    found = []
    if late and waits.oldest is not None:
        names = [brand.name for brand in sorted(by.brands, key=lambda one: -one.late) if brand.late]
        since = words.span(by.now - waits.oldest["due_at"])
        meta = words("today.oldest_late", brands=_list(names), since=since)
        told = words("today.answers", count=late, shown=words.number(late))
        found.append(Need("bad", "clock", told, meta, f"{place}?queue=late", words("today.do_answers")))
    if waits.soon:
        told = words("today.soon", count=waits.soon, shown=words.number(waits.soon))
        found.append(Need("warn", "clock", told, words("today.soon_why"), place, words("today.do_answers")))
    return found


def _cases(sums: Doc, by: Teller) -> list[Need]:
    if not sums:
        return []
    words, late, count = by.words, sums["late"], sums["count"]
    told = [words("today.oldest_case", since=words.span(by.now - sums["oldest"]))] if sums.get("oldest") else []
    told += [words("today.cases_late", count=late)] if late else []
    kind = "bad" if late or (sums.get("gravest") or 0) >= GRAVE else "warn"
    title = words("today.cases", count=count, shown=words.number(count))
    return [Need(kind, "shield", title, " · ".join(told), f"/{by.shell.scope}/moderation", words("today.do_cases"))]


def _channel(row: ChannelRow, by: Teller) -> Need:
    name = row.name if row.brand.name in row.name else f"{row.brand.name}, {row.name}"
    title = by.words.pair(name, by.words(f"channels.health_{row.health}"))
    return Need(row.kind, "link", title, row.why, f"/{row.brand.id}/channels", by.words("today.do_channel"))


def _campaign(campaign: Doc, by: Teller) -> Need:
    brand = by.shell.tile(campaign["brand_id"])
    title = by.words("today.paused", name=campaign["name"])
    meta = " · ".join(part for part in (brand.name, sign(campaign, by.words).why) if part)
    return Need("info", "hold", title, meta, f"/{brand.id}/campaigns/{campaign['_id']}", by.words("today.do_campaign"))


def _ends(post: Doc) -> set[str]:
    return {one.get("state", "") for one in (post.get("deliveries") or {}).values()}


def _list(names: Sequence[str]) -> str:
    return ", ".join([*names[:NAMED], "…"] if len(names) > NAMED else names)
