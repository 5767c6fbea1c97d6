"""What a verdict's scores say about mood and topics: simple, and said as such."""

import re
from collections.abc import Mapping

ANGRY = ("complaint", "insult", "hate", "threat", "profanity")
GLAD = "praise"
SPEAKS = 0.5  # a score from here on says something
LONGEST_WORD = 40


def mood_of(scores: Mapping[str, float]) -> str:
    """`negative`, `positive` or `neutral`: the stronger of anger and praise, where one speaks at all."""
    angry = max((scores.get(signal, 0.0) for signal in ANGRY), default=0.0)
    glad = scores.get(GLAD, 0.0)
    if max(angry, glad) < SPEAKS:
        return "neutral"
    return "negative" if angry >= glad else "positive"


def topics_of(scores: Mapping[str, float]) -> list[str]:
    """The signals that speak: complaint, praise, question, urgency, …"""
    return sorted(word(signal) for signal, score in scores.items() if score >= SPEAKS)


def word(text: str) -> str:
    """An open vocabulary's word as part of a counter's name."""
    return re.sub(r"[^\w-]", "_", text.strip().lower())[:LONGEST_WORD] or "unknown"
