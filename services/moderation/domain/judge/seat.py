"""The judge's seat: whoever sits here says, of a batch of texts, what speaks in each and which words spoke."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

SIGNALS = ("insult", "threat", "hate", "profanity", "spam", "praise", "complaint", "question", "urgency")


@dataclass(frozen=True, slots=True)
class Question:
    """A text to judge; `languages` are what its channel's people write, likeliest first, a prior for short texts."""

    text: str
    languages: Sequence[str] = ()


class Spoke(NamedTuple):
    """Words of the author that spoke for a signal; `spans` are their (from, to) in the author's own text."""

    signal: str
    words: str
    weight: float
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge says of one text. Every signal of `SIGNALS` has a score of 0 to 1; `shouting` is a share."""

    scores: Mapping[str, float]
    reasons: Sequence[Spoke]
    language: str
    links: int = 0
    shouting: float = 0.0
    folded: str = field(default="", repr=False)


class Judge(Protocol):
    """Stateless between calls; `name` and its version stand in every verdict."""

    name: str

    def judge(self, batch: Sequence[Question]) -> list[Opinion]:
        """One opinion a question, in order."""
        ...
