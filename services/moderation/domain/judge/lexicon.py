"""The first judge, `lexicon/1`: written word lists in French and English, read against disguise and context."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from services.moderation.domain.judge.damping import share
from services.moderation.domain.judge.entries import masked_words, read_lexicons
from services.moderation.domain.judge.folding import Places, fold
from services.moderation.domain.judge.language import Languages
from services.moderation.domain.judge.matching import Match, Matcher
from services.moderation.domain.judge.seat import SIGNALS, Opinion, Question, Spoke
from services.moderation.domain.judge.unmasking import View, readings

LINK = re.compile(
    r"https?://\S+|\bwww\.\S+|(?<=\w)\.(?:com|net|org|info|biz|ru|xyz|top|club|shop|online|site|live|ly|me|io|fr|co|gg|tv|be)\b(?!@)"
)
UPPER = re.compile(r"[A-ZÀ-ÖØ-Þ]")
LETTER = re.compile(r"[^\W\d_]")
FEW_CAPITALS = 8
LONGEST = 4000
MOST_REASONS = 12
OTHERS_COUNT = 0.4
WRITTEN = frozenset({"fr", "en"})
NOTHING = dict.fromkeys(SIGNALS, 0.0)

Weighed = tuple[float, int, int]


class LexiconJudge:
    """Reads its word lists once. Texts over 4,000 characters are judged by their first 4,000."""

    name = "lexicon/1"

    def __init__(self) -> None:
        self._matcher = Matcher(read_lexicons(), share)
        self._masked = masked_words()
        self._languages = Languages()

    def judge(self, batch: Sequence[Question]) -> list[Opinion]:
        """One opinion a question, in order."""
        return [self._one(question) for question in batch]

    def _one(self, question: Question) -> Opinion:
        text = question.text[:LONGEST]
        folded = fold(text)
        views = readings(folded, self._masked)
        language, sure = self._languages.of(views[-1].text, question.languages)
        spoken = self._spoken(views, frozenset((language,)) if sure else WRITTEN | {language})
        links, shouting = len(LINK.findall(folded)), _shouting(text)
        weights = _without_overlaps(spoken)
        scores = NOTHING | {signal: _together(found) for signal, found in weights.items()}
        if "?" in folded and not links:
            scores["question"] = max(scores["question"], 0.6)
        if links:
            scores["spam"] = round(1 - (1 - scores["spam"]) * 0.8, 3)
        return Opinion(scores, _reasons(text, weights), language, links, shouting, folded)

    def _spoken(self, views: Sequence[View], languages: frozenset[str]) -> dict[str, list[Weighed]]:
        """Signal → (weight, from, to) in the folded text, over every reading of it."""
        spoken: dict[str, list[Weighed]] = defaultdict(list)
        for view in views:
            for match in self._matcher.matches(view.text, languages):
                spoken[match.entry.signal].append(_weighed(view, match))
        return spoken


def _weighed(view: View, match: Match) -> Weighed:
    return match.entry.weight * match.part, *view.folded_span(match.start, match.end)


def _without_overlaps(spoken: dict[str, list[Weighed]]) -> dict[str, list[Weighed]]:
    """Of matches over the same words the heaviest stays (of equals the longest)."""
    return {signal: _apart(found) for signal, found in spoken.items()}


def _apart(found: Iterable[Weighed]) -> list[Weighed]:
    kept: list[Weighed] = []
    for weight, start, end in sorted(found, key=lambda one: (-one[0], one[1] - one[2])):
        if all(end <= other_start or start >= other_end for _, other_start, other_end in kept):
            kept.append((weight, start, end))
    return kept


def _together(found: Sequence[Weighed]) -> float:
    """The heaviest counts in full, each other a little: ten mild words are not one grave one."""
    doubt = 1 - found[0][0]
    for weight, _, _ in found[1:]:
        doubt *= 1 - OTHERS_COUNT * weight
    return round(1 - doubt, 3)


def _reasons(text: str, weights: dict[str, list[Weighed]]) -> list[Spoke]:
    if not weights:
        return []
    places = Places(text)
    heaviest = sorted(
        ((weight, signal, start, end) for signal, found in weights.items() for weight, start, end in found),
        key=lambda one: -one[0],
    )
    spoke = []
    for weight, signal, start, end in heaviest[:MOST_REASONS]:
        span = places.original(start, end)
        spoke.append(Spoke(signal, text[span[0] : span[1]], round(weight, 3), span))
    return spoke


def _shouting(text: str) -> float:
    """The share of capitals among the letters of a text that has at least a few."""
    capitals = len(UPPER.findall(text))
    if capitals < FEW_CAPITALS:
        return 0.0
    return round(capitals / len(LETTER.findall(text)), 2)
