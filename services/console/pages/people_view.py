"""People in words: a row of the list, and what one person's page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.console.domain.brands import BrandTile
from services.console.domain.people import as_hours, mostly
from services.console.domain.reports import Period, stretches
from services.console.pages import insights_view
from services.console.pages.item_view import Item, item
from services.console.words import Words

Doc = Mapping[str, Any]
SIGNS = {"positive": ("ok", "heart"), "neutral": ("mute", "ring"), "negative": ("bad", "oct")}
DAYS = 28


@dataclass(frozen=True, slots=True)
class Count:
    """How often, with its share of the most frequent in hundredths."""

    name: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person at one brand."""

    id: str
    name: str
    handle: str
    url: str
    network: str
    initials: str
    said: int
    first: str
    last: str
    mood: str
    kind: str
    icon: str
    languages: str
    topics: Sequence[Count]
    moods: Sequence[Count]
    out: bool
    out_at: str
    out_by: str


def rows(people: Sequence[Doc], tiles: Mapping[str, BrandTile], words: Words) -> list[Doc]:
    """A row a person."""
    return [
        {
            "id": one["person_id"],
            "brand": tiles[one["brand_id"]],
            "network": one["network"],
            "name": one["name"] or one["handle"] or words("item.somebody"),
            "handle": one["handle"],
            "said": one["said"],
            "languages": ", ".join(_most(one["languages"])),
            "topics": ", ".join(words.known(f"insights.topic_{topic}", topic) for topic in _most(one["topics"])),
            "mood": one.get("mood", ""),
            "sign": SIGNS.get(one.get("mood", ""), ("mute", "ring")),
            "out": one.get("out", False),
            "last": words.day(one["last_seen_at"]),
        }
        for one in people
        if one["brand_id"] in tiles
    ]


def person(person_id: str, known: Doc, items: Sequence[Doc], words: Words, now: datetime) -> PersonView:
    """As insights told; of whom it has not told yet, what they said last says who they are."""
    newest = items[0] if items else {}
    author = {
        **newest.get("author", {}),
        **{name: known[name] for name in ("name", "handle", "url") if known.get(name)},
    }
    name = author.get("name") or author.get("handle") or words("item.somebody")
    times = sorted(one["said_at"] for one in items)
    first, last = known.get("first_seen_at") or times[0], known.get("last_seen_at") or times[-1]
    mood = mostly(known.get("moods", {}))
    url, out_at = author.get("url", ""), known.get("out_at")
    return PersonView(
        id=person_id,
        name=name,
        handle=author.get("handle", ""),
        url=url if url.startswith(("https://", "http://")) else "",
        network=known.get("network") or newest.get("network", ""),
        initials="".join(part[0] for part in name.split()[:2]).upper(),
        said=known.get("said", len(items)),
        first=words.day(first),
        last=words.moment(last, now),
        mood=mood,
        kind=SIGNS.get(mood, ("mute", "ring"))[0],
        icon=SIGNS.get(mood, ("mute", "ring"))[1],
        languages=", ".join(words.tongue(code) for code in _most(known.get("languages", {}))),
        topics=_counts(known.get("topics", {}), words, "insights.topic_"),
        moods=_counts(known.get("moods", {}), words, "insights."),
        out=known.get("out", False),
        out_at=words.moment(out_at, now) if out_at else "",
        out_by=known.get("out_by", ""),
    )


def moods(items: Sequence[Doc], words: Words, now: datetime) -> insights_view.Chart | None:
    """What they said on each of the last days, by mood; None where that is nothing."""
    zone = words.zone if isinstance(words.zone, ZoneInfo) else ZoneInfo("UTC")
    today = now.astimezone(zone).date()
    period = Period(today - timedelta(days=DAYS - 1), today, zone)
    amounts = stretches(as_hours([one for one in items if one.get("said_at")]), period)
    return insights_view.volume(amounts, period, words) if any(one.words["said"] for one in amounts) else None


def said(items: Sequence[Doc], brand: BrandTile, words: Words, now: datetime) -> list[Item]:
    """The latest first."""
    return [item(one, brand, words, now) for one in items]


def _counts(counts: Mapping[str, int], words: Words, prefix: str) -> list[Count]:
    most = max(counts.values(), default=0)
    shown = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:8]
    return [Count(words.known(f"{prefix}{name}", name), n, round(100 * n / most, 1)) for name, n in shown if n]


def _most(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))[:3]
