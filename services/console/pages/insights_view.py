"""What the insights page shows: figures, charts as shapes, threads, people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.console.domain.brands import BrandTile
from services.console.domain.reports import LATER, MOODS, Amount, Period, scaled
from services.console.words import Words

Doc = Mapping[str, Any]
HEIGHT, GAP = 100.0, 0.18
BOUNDS = ("5", "15", "30", "60", "120", "240", "480", "1440", LATER)
LONGEST_TEXT = 120


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch: its place and width, and its parts from below as (kind, y, height)."""

    x: float
    width: float
    parts: Sequence[tuple[str, float, float]]
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in a box of 100 by 100; labels stand beside it as text."""

    bars: Sequence[Bar]
    top: str
    labels: Sequence[str]
    says: str


def volume(amounts: Sequence[Amount], period: Period, words: Words) -> Chart:
    """What people said, by mood."""
    most = max((amount.words["said"] for amount in amounts), default=0)
    bars = [_mood_bar(place, len(amounts), amount, most, period, words) for place, amount in enumerate(amounts)]
    total = sum(amount.words["said"] for amount in amounts)
    return Chart(bars, words.number(most), _labels(amounts, period, words), words("insights.volume_says", count=total))


def answers(amounts: Sequence[Amount], period: Period, words: Words) -> Chart:
    """Within which time half of the answers came; the higher the slower."""
    step, bars = HEIGHT / len(BOUNDS), []
    for place, amount in enumerate(amounts):
        bound = amount.half_within
        height = step * (BOUNDS.index(bound) + 1) if bound in BOUNDS else 0.0
        title = f"{_when(amount, period, words)} · {within_words(bound, words)}"
        bars.append(_bar(place, len(amounts), [("answer", height)], title))
    return Chart(bars, within_words(LATER, words), _labels(amounts, period, words), words("insights.answers_says"))


def figures(amount: Amount, words: Words) -> dict[str, str]:
    """The sums of the period as words."""
    said, moods = amount.words["said"], amount.moods
    live = said - amount.words["backfilled"]
    return {
        "said": words.number(said),
        "backfilled": words.number(amount.words["backfilled"]),
        "positive": words.share(moods["positive"], amount.words["judged"]),
        "negative": words.share(moods["negative"], amount.words["judged"]),
        "answered": words.share(amount.words["answered"], live),
        "half": within_words(amount.half_within, words),
    }


def within_words(bound: str, words: Words) -> str:
    """`≤ 30 min`, `> 1 d`; a dash without an answer."""
    if not bound:
        return "–"
    return words("insights.later") if bound == LATER else f"≤ {words.span(timedelta(minutes=int(bound)))}"


def thread_rows(threads: Sequence[Doc], tiles: Mapping[str, BrandTile], names: Mapping[str, str]) -> list[Doc]:
    """The loudest threads, each with the newest that was said there."""
    return [
        {
            "brand": tiles[thread["brand_id"]],
            "network": thread["network"],
            "channel": names.get(thread["channel_id"], ""),
            "text": _short(thread["text"]),
            "item": thread["item"],
            "said": thread["said"],
            "angry": thread["angry"],
        }
        for thread in threads
        if thread["brand_id"] in tiles
    ]


def people_rows(people: Sequence[Doc], tiles: Mapping[str, BrandTile], words: Words) -> list[Doc]:
    """Who spoke most: how often, in which language and mood."""
    return [
        {
            "id": person["person_id"],
            "brand": tiles[person["brand_id"]],
            "network": person["network"],
            "name": person["name"] or person["handle"] or "–",
            "said": person["said"],
            "languages": ", ".join(_most(person["languages"])),
            "topics": ", ".join(words.known(f"insights.topic_{topic}", topic) for topic in _most(person["topics"])),
            "positive": words.share(person["moods"].get("positive", 0), sum(person["moods"].values())),
            "negative": words.share(person["moods"].get("negative", 0), sum(person["moods"].values())),
            "last": words.day(person["last_seen_at"]),
        }
        for person in people
        if person["brand_id"] in tiles
    ]


def crisis_rows(signals: Sequence[Doc], tiles: Mapping[str, BrandTile], words: Words, now: Any) -> list[Doc]:
    """Brands that hear far more anger than usual."""
    return [
        {
            "brand": tiles[signal["brand_id"]],
            "since": words.moment(signal["since"], now),
            "negative": signal["negative"],
            "authors": signal["authors"],
            "usual": words.number(signal["usual"], 1 if 0.05 <= signal["usual"] < 10 else 0),
            "window": words.span(timedelta(seconds=signal["window_seconds"])),
            "learning": signal["learning"],
        }
        for signal in signals
        if signal["brand_id"] in tiles
    ]


def _mood_bar(place: int, of: int, amount: Amount, most: int, period: Period, words: Words) -> Bar:
    counts = [amount.moods[mood] for mood in MOODS]
    counts[1] = max(0, amount.words["said"] - counts[0] - counts[2])  # what is not judged yet says nothing
    told = words("insights.bar", count=amount.words["said"], positive=counts[0], negative=counts[2])
    parts = list(zip(MOODS, scaled(counts, most, HEIGHT), strict=True))
    return _bar(place, of, parts, f"{_when(amount, period, words)} · {told}")


def _bar(place: int, of: int, heights: Sequence[tuple[str, float]], title: str) -> Bar:
    step, ground, parts = HEIGHT / of, HEIGHT, []
    for kind, height in heights:
        ground -= height
        if height:
            parts.append((kind, round(ground, 1), round(height, 1)))
    return Bar(round(place * step + step * GAP / 2, 3), round(step * (1 - GAP), 3), parts, title)


def _labels(amounts: Sequence[Amount], period: Period, words: Words) -> list[str]:
    shown = [amounts[0], amounts[len(amounts) // 2], amounts[-1]] if len(amounts) > 2 else list(amounts)
    return [_when(amount, period, words) for amount in shown]


def _when(amount: Amount, period: Period, words: Words) -> str:
    day = words.day(amount.begin)
    return f"{day} {words.clock(amount.begin)}" if period.by_hour else day


def _most(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))[:3]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
