"""Reads the lexicons: text files of weighted entries, for the matcher.

A line `= 0.8` sets the weight of the entries after it; `name = (…)` names a fragment used as `{name}`; `#` begins a
remark. An entry is an RE2 fragment in folded spelling (no accents, lower case) where a space is a gap between words.
`entry ~ fragment`: not where that follows; `fragment < entry`: not where that stands before.
`!` before it: counts only in a text of the lexicon's own language. `>`: counts in full only when aimed at someone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from services.moderation.domain.judge.folding import fold

GAP = r"(?:[\s',._*-]{1,3})"
LOOK_BACK = 32
CLASS_OR_SPACE = re.compile(r"\[[^\]]*\]| ")
WORDY_START = re.compile(r"[\w(\\]")
WORDY_END = re.compile(r"[\w)?*+}\]]$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a lexicon: where `body` matches, `signal` is spoken for with `weight`."""

    signal: str
    language: str
    weight: float
    body: str
    own_language_only: bool
    aimed: bool
    not_after: re.Pattern[str] | None = None
    not_before: re.Pattern[str] | None = None
    guarded: bool = False

    def stands(self, text: str, start: int, end: int) -> bool:
        """Whether what stands around (start, end) leaves the words their meaning."""
        if self.not_before is not None and self.not_before.match(text, end):
            return False
        return self.not_after is None or not self.not_after.search(text, max(0, start - LOOK_BACK), start)


def read_lexicons() -> tuple[Entry, ...]:
    """Every entry of every language; the order is stable."""
    return tuple(
        entry
        for language in sorted(_folder().iterdir(), key=lambda item: item.name)
        if language.is_dir() and not language.name.startswith("_")
        for file in sorted(language.iterdir(), key=lambda item: item.name)
        for entry in _entries(file, file.name.removesuffix(".txt"), language.name)
    )


def masked_words() -> tuple[str, ...]:
    """What a masked word may stand for, likeliest first."""
    lines = _folder().joinpath("masked.txt").read_text("utf-8").splitlines()
    return tuple(fold(word) for line in lines if not line.startswith("#") for word in line.split())


def _folder() -> Traversable:
    return files("services.moderation.domain").joinpath("lexicons")


def _entries(file: Traversable, signal: str, language: str) -> Iterator[Entry]:
    weight, names = 0.5, dict[str, str]()
    for line in map(str.strip, file.read_text("utf-8").splitlines()):
        if not line or line.startswith("# "):
            continue
        if line.startswith("= "):
            weight = float(line[2:])
        elif named := re.match(r"(\w+) = (.*)", line):
            names[named[1]] = named[2]
        else:
            yield _entry(line, signal, language, weight, names)


def _entry(line: str, signal: str, language: str, weight: float, names: dict[str, str]) -> Entry:
    body = line.lstrip("!>")
    marks = line[: len(line) - len(body)]
    for name, fragment in names.items():
        body = body.replace(f"{{{name}}}", fragment)
    body, _, following = body.partition(" ~ ")
    preceding, _, body = body.rpartition(" < ")
    return Entry(
        signal,
        language,
        weight,
        _folded(body),
        "!" in marks,
        ">" in marks,
        _around(rf"\b(?:{preceding}) $") if preceding else None,
        _around(rf" (?:{following})\b") if following else None,
        bool(preceding or following),
    )


def _around(fragment: str) -> re.Pattern[str]:
    return re.compile(CLASS_OR_SPACE.sub(lambda found: GAP if found[0] == " " else found[0], _folded(fragment)))


def _folded(body: str) -> str:
    """Accents go; the engine's own signs (`\\W` is not `\\w`) stay as they are."""
    return "".join(fold(sign) if ord(sign) > 127 else sign for sign in body)


def as_pattern(body: str) -> str:
    """The RE2 pattern of an entry's text: whole words, any small gap between them; signs and emoji as they are."""
    spaced = CLASS_OR_SPACE.sub(lambda found: GAP if found[0] == " " else found[0], body)
    before = r"\b" if WORDY_START.match(spaced) else ""
    after = r"\b" if WORDY_END.search(spaced) and before else ""
    return f"{before}(?:{spaced}){after}"
