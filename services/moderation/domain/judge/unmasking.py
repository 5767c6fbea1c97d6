"""Undoes disguises: leet, masked letters, spaced letters, stretched words. Costs little where there are none."""

import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import re2

LEET = str.maketrans("0134578@$!+€|", "oieastbasitel")
HINTS = (
    "|".join(letter * 3 for letter in string.ascii_lowercase)
    + r"|[a-z][*#@$!+|€0134578]+[a-z]|[*#]{2}|(?:^|\W)[@$]s"
    + r"|(?:^|\W)(?:[a-z][ .\-_*/]{1,2}){3}[a-z](?:$|\W)"
)
SUSPECT = re.compile(
    r"(?P<spaced>(?<!\w)(?:[^\W\d_][ .\-_*/]{1,2}){3,}[^\W\d_](?!\w))"
    r"|(?P<masked>\b[^\W\d_]{1,4}[*#]{1,4}[^\W\d_]{1,8}\b|\b[^\W\d_]{1,2}[*#]{2,6})"
    r"|(?P<leet>\b[^\W\d_]+[@$!+€|0134578]+[^\W\d_][\w@$!+€|]*|(?<!\w)[@$]s[^\W\d_]{1,}\b)"
    r"|(?P<stretched>\b\w*([^\W\d_])\5\5\w*)"
)
RUN = re.compile(r"([^\W\d_])\1{2,}")
NOT_LETTER = re.compile(r"[\W_]+")


def _hinted() -> re2.Set:
    """One quick look that most texts pass: only a hinted one is searched for what is disguised in it."""
    hints = re2.Set.SearchSet()
    hints.Add(HINTS)
    hints.Compile()
    return hints


_HINTED = _hinted()


@dataclass(frozen=True, slots=True)
class Change:
    """What stands at `view` (from, to) was written at `folded` (from, to)."""

    view: tuple[int, int]
    folded: tuple[int, int]


@dataclass(frozen=True, slots=True)
class View:
    """A reading of the folded text with its disguised words spelled out."""

    text: str
    changes: tuple[Change, ...] = ()

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the folded text the view's (start, end) stands; a disguised word counts whole."""
        return self._place(start, 0), self._place(end, 1)

    def _place(self, position: int, side: int) -> int:
        offset = 0
        for change in self.changes:
            if position < change.view[0] + side:
                break
            if position < change.view[1] + side:
                return change.folded[side]
            offset = change.folded[1] - change.view[1]
        return position + offset


def readings(folded: str, guesses: Sequence[str]) -> list[View]:
    """The text as it stands first; then, where something looks disguised, as it may be meant.

    `guesses` are the words that a masked one (`c*nnard`) may stand for. A stretched word may hide one letter or two
    ("connnard", "coool"): both are read.
    """
    found = list(SUSPECT.finditer(folded)) if _HINTED.Match(folded) else []
    if not found:
        return [View(folded)]
    once = _spelled(folded, found, lambda match: _meant(match, guesses, r"\1"))
    views = [View(folded), once]
    if any(match.lastgroup == "stretched" for match in found):
        views.append(_spelled(folded, found, lambda match: _meant(match, guesses, r"\1\1")))
    return views


def _spelled(folded: str, found: list[re.Match[str]], meant: Callable[[re.Match[str]], str]) -> View:
    parts, changes, at, length = [], [], 0, 0
    for match in found:
        kept, word = folded[at : match.start()], meant(match)
        parts += [kept, word]
        length += len(kept)
        changes.append(Change((length, length + len(word)), match.span()))
        length += len(word)
        at = match.end()
    return View("".join([*parts, folded[at:]]), tuple(changes))


def _meant(match: re.Match[str], guesses: Sequence[str], run: str) -> str:
    word = match[0]
    if match["spaced"]:
        return NOT_LETTER.sub("", word)
    if match["masked"]:
        return _guess(word, guesses)
    if match["leet"]:
        word = word.rstrip("!").translate(LEET)
    return RUN.sub(run, word)


def _guess(word: str, guesses: Sequence[str]) -> str:
    shape = re.compile("".join(r"\w" if sign in "*#" else re.escape(sign) for sign in word) + r"\w{0,3}")
    loose = re.compile(r"\w{1,3}".join(re.escape(part) for part in re.split(r"[*#]+", word)))
    return next((guess for guess in guesses if shape.fullmatch(guess)), None) or next(
        (guess for guess in guesses if loose.fullmatch(guess)), word
    )
