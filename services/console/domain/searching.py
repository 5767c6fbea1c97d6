"""What an item can be found by: the words of its author and text, without case or accents."""

import re
import unicodedata
from collections.abc import Iterable

MOST_WORDS = 80
MOST_TERMS = 6
_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """`Hélène` as `helene`."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def words_of(*texts: str) -> list[str]:
    """The different words of all texts, in order, at most `MOST_WORDS`."""
    return list(dict.fromkeys(_words(texts)))[:MOST_WORDS]


def terms_of(query: str) -> list[str]:
    """What someone typed into the search field, as beginnings of words that must all be there."""
    return list(dict.fromkeys(_words([query])))[:MOST_TERMS]


def _words(texts: Iterable[str]) -> Iterable[str]:
    return (word for text in texts for word in _WORD.findall(plain(text)))
