"""Splits an entry into the plain words that a dictionary can hold, and the patterns that need an engine."""

from collections.abc import Iterable
from itertools import product

MOST_WORDS = 400
SPECIAL = set("\\.*+^${}|)")


class _Endless(Exception):
    """The fragment stands for more than a few plain words."""


def alternatives(body: str) -> list[str]:
    """The top-level alternatives of a fragment; one group around all of it is opened."""
    parts = _split(body)
    if len(parts) == 1 and body.startswith("(") and _closing(body, 0) == len(body) - 1:
        return _split(body[1:-1])
    return parts


def plain_words(fragment: str) -> frozenset[str]:
    """Every word that the fragment stands for; empty where it holds a gap, or stands for too many."""
    try:
        words = frozenset(_words(fragment))
    except _Endless:
        return frozenset()
    return words if all(word.isalnum() for word in words) else frozenset()


def _split(body: str) -> list[str]:
    parts, depth, in_class, start = [], 0, False, 0
    for index, sign in enumerate(body):
        in_class = (in_class or sign == "[") and sign != "]"
        depth += 0 if in_class else (sign == "(") - (sign == ")")
        if sign == "|" and depth == 0 and not in_class:
            parts.append(body[start:index])
            start = index + 1
    return [*parts, body[start:]]


def _closing(body: str, opening: int) -> int:
    depth = 0
    for index in range(opening, len(body)):
        depth += (body[index] == "(") - (body[index] == ")")
        if depth == 0:
            return index
    raise ValueError(f"unbalanced group in {body!r}")


def _words(fragment: str) -> set[str]:
    found: set[str] = set()
    for alternative in _split(fragment):
        found |= _sequence(alternative)
        if len(found) > MOST_WORDS:
            raise _Endless
    return found


def _sequence(text: str) -> set[str]:
    parts: list[set[str]] = []
    index = 0
    while index < len(text):
        unit, index = _unit(text, index)
        if text[index : index + 1] == "?":
            unit, index = unit | {""}, index + 1
        parts.append(unit)
    return _joined(parts)


def _unit(text: str, index: int) -> tuple[set[str], int]:
    sign = text[index]
    if sign == "(":
        end = _closing(text, index)
        return _words(text[index + 1 : end]), end + 1
    if sign == "[":
        end = text.index("]", index)
        return set(text[index + 1 : end]), end + 1
    if sign in SPECIAL:
        raise _Endless
    return {sign}, index + 1


def _joined(parts: Iterable[set[str]]) -> set[str]:
    words = {""}
    for part in parts:
        if len(words) * len(part) > MOST_WORDS:
            raise _Endless
        words = {before + after for before, after in product(words, part)}
    return words
