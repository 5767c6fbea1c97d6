"""What is kept of a person, and what criteria may ask about them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from cel_expr_python import cel

from shared.events.insights.person_changed import PersonChanged

Profile = dict[str, Any]
TOPICS = ("complaint", "praise", "question", "urgency", "insult", "hate", "threat", "profanity", "spam")
MOODS = ("positive", "neutral", "negative")
WEEK, MONTH = 7, 30
NOWHERE = {"country": "", "city": ""}
REMEMBERED = timedelta(days=40)

# Dotted names are variables of their own: a misspelt one is an error when it is typed, with a caret under it.
VARIABLES: Mapping[str, Any] = {
    "network": cel.Type.STRING,
    "language": cel.Type.STRING,
    "said": cel.Type.INT,
    f"said_{WEEK}_days": cel.Type.INT,
    f"said_{MONTH}_days": cel.Type.INT,
    "days_since_first": cel.Type.INT,
    "days_since_last": cel.Type.INT,
    **{f"mood.{mood}": cel.Type.DOUBLE for mood in MOODS},
    **{f"topics.{topic}": cel.Type.INT for topic in TOPICS},
    "place.country": cel.Type.STRING,
    "place.city": cel.Type.STRING,
    "labels": cel.Type.List(cel.Type.STRING),
}
TAKEN = ("network", "name", "handle", "url", "said", "languages", "topics", "moods", "first_seen_at", "last_seen_at")


def grown(known: Profile | None, fact: PersonChanged) -> Profile:
    """The profile with what this fact tells, whichever of the person's facts came before: the higher number wins.

    `told` keeps how much was said in all by the end of each day on which it was told, so that a window can be asked.
    """
    if known and known.get("erased_until") and fact.last_seen_at <= known["erased_until"]:
        return known
    profile: Profile = dict(known) if known else unheard(fact.brand_id, fact.person_id)
    day, number = fact.last_seen_at.date().isoformat(), [fact.epoch, fact.seq]
    told = {**profile["told"], day: max(fact.said, profile["told"].get(day, 0))}
    profile["told"] = _remembered(told)
    if number > profile["no"]:
        profile |= {"no": number, **fact.model_dump(include=set(TAKEN))}
    return profile


def unheard(brand_id: str, person_id: str) -> Profile:
    """The profile of somebody of whom no fact has come yet."""
    about = {"_id": profile_id(brand_id, person_id), "brand_id": brand_id, "person_id": person_id}
    return {**about, "out": False, "no": [], "told": {}, "in": []}


def addressable(profile: Mapping[str, Any]) -> bool:
    """Whether the person may be in an audience: they did not opt out, and something is known of them."""
    return not profile["out"] and "said" in profile


def facts(profile: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The values of `VARIABLES` for one person today."""
    today, moods, topics = now.date(), profile["moods"], profile["topics"]
    judged = sum(moods.values())
    found: dict[str, Any] = {
        "network": profile["network"],
        "language": max(profile["languages"], key=lambda one: (profile["languages"][one], one), default=""),
        "said": profile["said"],
        "days_since_first": max(0, (today - profile["first_seen_at"].date()).days),
        "days_since_last": max(0, (today - profile["last_seen_at"].date()).days),
    }
    found |= {f"said_{days}_days": _within(profile, today, days) for days in (WEEK, MONTH)}
    found |= {f"mood.{mood}": moods.get(mood, 0) / judged if judged else 0.0 for mood in MOODS}
    found |= {f"topics.{topic}": topics.get(topic, 0) for topic in TOPICS}
    found |= {f"place.{name}": place for name, place in {**NOWHERE, **profile.get("place", {})}.items()}
    return found | {"labels": profile.get("labels", [])}


def profile_id(brand_id: str, person_id: str) -> str:
    """The name of a person at a brand."""
    return f"{brand_id}:{person_id}"


def _within(profile: Mapping[str, Any], today: date, days: int) -> int:
    """How much of all that was said came in the last `days` days, today included."""
    first = (today - timedelta(days=days - 1)).isoformat()
    before = max((said for day, said in profile["told"].items() if day < first), default=0)
    return max(0, max(profile["told"].values(), default=0) - before)


def _remembered(told: Mapping[str, int]) -> dict[str, int]:
    """The days of the last weeks, and the newest of those before."""
    horizon = (date.fromisoformat(max(told)) - REMEMBERED).isoformat()
    older = [day for day in told if day < horizon]
    return {day: said for day, said in told.items() if day >= horizon or day == max(older)}
