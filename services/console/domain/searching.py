"""What an item can be found by: the words of its author and text, without case or accents."""

import re
import unicodedata

MOST_WORDS = 80
MOST_TERMS = 6
_WORD = re.compile(r"[^\W_]+")


class _WithoutMarks(dict[int, int | None]):
    """For `str.translate`, filled character by character as texts bring them."""

    def __missing__(self, code: int) -> int | None:
        kept = self[code] = None if unicodedata.combining(chr(code)) else code
        return kept


_WITHOUT_MARKS = _WithoutMarks()


def plain(text: str) -> str:
    """`Hélène` as `helene`."""
    if text.isascii():
        return text.casefold()
    return unicodedata.normalize("NFKD", text.casefold()).translate(_WITHOUT_MARKS)


def words_of(*texts: str) -> list[str]:
    """The different words of all texts, in order, at most `MOST_WORDS`."""
    return list(dict.fromkeys(_words("\n".join(texts))))[:MOST_WORDS]


def terms_of(query: str) -> list[str]:
    """What someone typed into the search field, as beginnings of words that must all be there."""
    return list(dict.fromkeys(_words(query)))[:MOST_TERMS]


def _words(text: str) -> list[str]:
    return _WORD.findall(plain(text))
