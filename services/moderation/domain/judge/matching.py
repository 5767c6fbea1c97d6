"""Finds which lexicon entries speak in a folded text: a dictionary for plain words, RE2 filters for the rest."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import re2

from services.moderation.domain.judge.entries import Entry, as_pattern
from services.moderation.domain.judge.expansion import alternatives, plain_words

ANY = ""
WORD = re.compile(r"\w+")


class Match(NamedTuple):
    """An entry spoke at (start, end) of the text."""

    entry: Entry
    start: int
    end: int


class Patterns:
    """The fragments of one language that are no plain words, in one RE2 filter."""

    def __init__(self, fragments: Sequence[tuple[Entry, str]]) -> None:
        self._entries = [entry for entry, _ in fragments]
        self._filter = re2.Filter()
        for _, fragment in fragments:
            self._filter.Add(as_pattern(fragment))
        if fragments:
            self._filter.Compile()
        self._each = [self._filter.re(index) for index in range(len(fragments))]

    def matches(self, text: str) -> Iterator[Match]:
        """Every entry that matches, once, where it does first."""
        for index in (self._filter.Match(text) if self._entries else None) or ():
            found = self._each[index].search(text)
            if found is not None:
                yield Match(self._entries[index], found.start(), found.end())


class Matcher:
    """All lexicons, ready. An entry that counts only in its own language is not looked for in another."""

    def __init__(self, entries: Iterable[Entry]) -> None:
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
        self._patterns = {language: Patterns(found) for language, found in fragments.items()}

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
                if not entry.own_language_only or entry.language in languages:
                    yield Match(entry, token.start(), token.end())
