"""Finds which lexicon entries speak in a folded text: a dictionary for plain words, RE2 filters for the rest."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import re2

from services.moderation.domain.judge.entries import Entry, as_pattern
from services.moderation.domain.judge.expansion import alternatives, plain_words

ANY = ""
# What repeats one turn without end says no more than what says it a few times, and is read no longer.
MOST_TIMES = 8
WORD = re.compile(r"\w+")


class Match(NamedTuple):
    """An entry spoke at (start, end) of the text, and keeps `part` (0 to 1) of its weight there."""

    entry: Entry
    start: int
    end: int
    part: float = 1.0


Share = Callable[[str, Match], float]


class Patterns:
    """The fragments of one language that are no plain words, in one RE2 filter."""

    def __init__(self, fragments: Sequence[tuple[Entry, str]], share: Share) -> None:
        self._share = share
        self._entries = [entry for entry, _ in fragments]
        self._filter = re2.Filter()
        for _, fragment in fragments:
            self._filter.Add(as_pattern(fragment))
        if fragments:
            self._filter.Compile()
        self._each = [self._filter.re(index) for index in range(len(fragments))]

    def matches(self, text: str) -> Iterator[Match]:
        """Every entry that matches, once, where it counts most."""
        for index in (self._filter.Match(text) if self._entries else None) or ():
            best = self._best(index, text)
            if best is not None:
                yield best

    def _best(self, index: int, text: str) -> Match | None:
        """The first place may be a quotation and the second meant; a place that counts in full ends the search."""
        entry, pattern, best, after = self._entries[index], self._each[index], None, 0
        for _ in range(MOST_TIMES):
            found = pattern.search(text, after)
            if found is None:
                break
            start, after = found.span()
            if not entry.guarded or entry.stands(text, start, after):
                place = Match(entry, start, after)
                part = self._share(text, place)
                if part >= 1.0:
                    return place
                if best is None or part > best.part:
                    best = Match(entry, start, after, part)
        return best


class Matcher:
    """All lexicons, ready. An entry that counts only in its own language is not looked for in another."""

    def __init__(self, entries: Iterable[Entry], share: Share) -> None:
        self._share = share
        words: dict[str, list[Entry]] = defaultdict(list)
        fragments: dict[str, list[tuple[Entry, str]]] = defaultdict(list)
        for entry in entries:
            for fragment in alternatives(entry.body):
                plain = plain_words(fragment)
                for word in plain:
                    words[word].append(entry)
                if not plain:
                    fragments[entry.language if entry.own_language_only else ANY].append((entry, fragment))
        self._words: Mapping[str, Sequence[Entry]] = words
        self._patterns = {language: Patterns(found, share) for language, found in fragments.items()}

    def matches(self, text: str, languages: frozenset[str]) -> list[Match]:
        """Everything that speaks in `text`, which may be in any of `languages` (none: in another)."""
        found = list(self._plain(text, languages))
        for language in (ANY, *languages):
            if language in self._patterns:
                found.extend(self._patterns[language].matches(text))
        return found

    def _plain(self, text: str, languages: frozenset[str]) -> Iterator[Match]:
        if self._words.keys().isdisjoint(WORD.findall(text)):
            return
        for token in WORD.finditer(text):
            for entry in self._words.get(token[0], ()):
                if entry.own_language_only and entry.language not in languages:
                    continue
                start, end = token.span()
                if not entry.guarded or entry.stands(text, start, end):
                    found = Match(entry, start, end)
                    part = self._share(text, found)
                    yield found if part == 1.0 else Match(entry, start, end, part)
