"""Which passages of a text spoke for its verdict, so that they can be marked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the text; `spoke` ones are marked."""

    text: str
    spoke: bool


def passages(text: str, verdict: Mapping[str, Any] | None) -> list[Passage]:
    """The text cut where marks begin and end; all of it together is the text."""
    spans = _merged(_found(text, _phrases(verdict)))
    pieces, reached = [], 0
    for begin, end in spans:
        pieces += [Passage(text[reached:begin], False), Passage(text[begin:end], True)]
        reached = end
    return [piece for piece in (*pieces, Passage(text[reached:], False)) if piece.text]


def _phrases(verdict: Mapping[str, Any] | None) -> list[str]:
    reasons = (verdict or {}).get("reasons", ())
    return [phrase.strip() for reason in reasons for phrase in reason.get("words", "").split(",") if phrase.strip()]


def _found(text: str, phrases: Sequence[str]) -> list[tuple[int, int]]:
    return [hit.span() for phrase in phrases for hit in re.finditer(re.escape(phrase), text, re.IGNORECASE)]


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
