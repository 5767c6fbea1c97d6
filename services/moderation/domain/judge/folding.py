"""One spelling for many: compatibility forms, accents, case, invisible marks and look-alike letters are folded."""

import re
import unicodedata
from bisect import bisect_right

APOSTROPHES = "’‘‛ʼ`´＇"
DASHES = "‐‑‒–—―−"
LOOK_ALIKES = dict(zip("авеёкмнорстухіјѕԁαβεικνορτυχ", "abeekmhopctyxijsdabeiknoptux", strict=True))
WIDER = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"}
# All but these may fold to more or fewer characters than one.
UNEVEN = re.compile(r"[^\x20-\x7e\t\n\rÀ-ÅÇ-ÖÙ-Ýà-åç-öù-ýÿ\u2018\u2019«»€\xa0]")
STRIPPED = ("Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn")


class _Table(dict[int, str]):
    """Filled character by character as texts bring them."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    # An underline joins words that are read apart: `_idiot_`, `#sale_type`.
    if character.isspace() or character == "_":
        return " "
    if character in APOSTROPHES:
        return "'"
    if character in DASHES:
        return "-"
    parts = (part for part in unicodedata.normalize("NFKD", character) if unicodedata.category(part) not in STRIPPED)
    return "".join(WIDER.get(part, LOOK_ALIKES.get(part, part)) for part in "".join(parts).casefold())


_TABLE = _Table()


def fold(text: str) -> str:
    """`text` as the lexicons are written; what is invisible, or only turns the direction of writing, is gone."""
    return text.translate(_TABLE)


class Places:
    """Where in the author's text each character of its folded form stood. Folding knows no context."""

    def __init__(self, text: str) -> None:
        self._from, self._shift = [0], [0]
        shift = 0
        for odd in UNEVEN.finditer(text):
            at, length = odd.start() - shift, len(_TABLE[ord(odd[0])])
            if length == 0:
                shift += 1
                self._shifts_from(at, shift)
            for extra in range(1, length):
                shift -= 1
                self._shifts_from(at + extra, shift)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The author's own (from, to) under the folded (start, end)."""
        return self._at(start), self._at(max(start, end - 1)) + 1

    def _at(self, position: int) -> int:
        return position + self._shift[bisect_right(self._from, position) - 1]

    def _shifts_from(self, position: int, shift: int) -> None:
        self._from.append(position)
        self._shift.append(shift)
