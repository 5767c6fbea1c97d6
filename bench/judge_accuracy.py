"""How well and how fast the judge hears, on public sets. `python -m bench.judge_accuracy <folder>`.

The folder holds JSON Lines of public data sets under their own names; none of their text is in this repository.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.moderation.domain.judge.lexicon import LexiconJudge
from services.moderation.domain.judge.seat import Opinion, Question

Row = Mapping[str, Any]
HARM = ("insult", "hate", "threat")


@dataclass(frozen=True)
class Test:
    """A set: which rows are positive (None: left out), and which score should say so."""

    file: str
    language: str
    positive: Callable[[Row], bool | None]
    score: Callable[[Opinion], float]
    thresholds: tuple[float, ...]


def highest(*signals: str) -> Callable[[Opinion], float]:
    """The highest of several scores."""
    return lambda opinion: max(opinion.scores[signal] for signal in signals)


def is_set(field: str) -> Callable[[Row], bool]:
    """A mark of 1."""
    return lambda row: str(row[field]) == "1"


HURT = (0.5, 0.7, 0.9)
TESTS = (
    Test("toxifrench_jigsaw", "fr", is_set("toxic"), highest(*HARM, "profanity"), HURT),
    Test("toxifrench_jigsaw", "fr", is_set("threat"), highest("threat"), HURT),
    Test("toxifrench_jigsaw", "fr", is_set("identity_hate"), highest("hate"), HURT),
    Test(
        "toxifrench_agreement",
        "fr",
        lambda row: float(row["2nd annotation score"] or 0) >= 0.5,
        highest(*HARM),
        HURT,
    ),
    Test("mlma_fr", "fr", lambda row: row["sentiment"] != "normal", highest(*HARM), HURT),
    Test("ftr_racism_fr", "fr", lambda row: row["label"] == 1, highest("hate"), HURT),
    Test("xlmt_french_train", "fr", lambda row: row["label"] == 0, highest("complaint", *HARM), (0.5, 0.7)),
    Test("xlmt_french_train", "fr", lambda row: row["label"] == 2, highest("praise"), (0.5, 0.7)),
    Test("davidson_en", "en", lambda row: row["label"] == 0, highest("hate"), HURT),
    Test("davidson_en", "en", lambda row: row["label"] != 2, highest(*HARM, "profanity"), HURT),
    Test("tweeteval_offensive_train", "en", lambda row: row["label"] == 1, highest(*HARM, "profanity"), HURT),
    Test("tweeteval_offensive_val", "en", lambda row: row["label"] == 1, highest(*HARM, "profanity"), HURT),
    Test("tweeteval_hate_train", "en", lambda row: row["label"] == 1, highest("hate", "threat"), HURT),
    Test("youtube_spam_first70", "en", lambda row: row["label"] == 1, highest("spam"), (0.3, 0.5, 0.8)),
    Test("xlmt_english_train", "en", lambda row: row["label"] == 0, highest("complaint", *HARM), (0.5, 0.7)),
    Test("xlmt_english_train", "en", lambda row: row["label"] == 2, highest("praise"), (0.5, 0.7)),
)


def rows(file: Path) -> Iterator[Row]:
    """Line by line."""
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def measured(judge: LexiconJudge, folder: Path, test: Test) -> None:
    """Print one set's figures."""
    known = [(row, test.positive(row)) for row in rows(folder / f"{test.file}.jsonl")]
    kept = [(str(row.get("text", row.get("content", ""))), truth) for row, truth in known if truth is not None]
    began = time.process_time()
    opinions = judge.judge([Question(text, (test.language,)) for text, _ in kept])
    each = (time.process_time() - began) / len(kept) * 1e6
    scored = [(test.score(opinion), bool(truth)) for opinion, (_, truth) in zip(opinions, kept, strict=True)]
    base = sum(truth for _, truth in scored) / len(scored)
    print(f"{test.file} ({len(scored)} rows, {base:.0%} positive, {each:.0f} µs a text)")
    for threshold in test.thresholds:
        hits = sum(truth for score, truth in scored if score >= threshold)
        said = sum(score >= threshold for score, _ in scored)
        precision = hits / said if said else 0.0
        recall = hits / (base * len(scored))
        print(f"    at {threshold:.1f}: precision {precision:.2f}, recall {recall:.2f} ({said} said)")


CLEAN: Mapping[str, tuple[str, Callable[[Row], bool]]] = {
    "xlmt_french_train": ("fr", lambda row: True),
    "xlmt_english_train": ("en", lambda row: row["label"] > 0),
    "youtube_spam_first70": ("en", lambda row: row["label"] == 0),
    "mlma_fr": ("fr", lambda row: row["sentiment"] == "normal"),
    "tweeteval_offensive_train": ("en", lambda row: row["label"] == 0),
}


def hidden_wrongly(judge: LexiconJudge, folder: Path) -> None:
    """How many of the texts that nobody minded the grave rules of the shipped policy would hide."""
    for file, (language, clean) in CLEAN.items():
        texts = [str(row["text"]) for row in rows(folder / f"{file}.jsonl") if clean(row)]
        opinions = judge.judge([Question(text, (language,)) for text in texts])
        hidden = sum(grave(opinion) for opinion in opinions)
        print(f"{file}: {hidden} of {len(texts)} that nobody minded would be hidden ({hidden / len(texts):.2%})")


def grave(opinion: Opinion) -> bool:
    """What `threat`, `hate` and `insult` of the shipped policy hide."""
    scores = opinion.scores
    return scores["threat"] >= 0.85 or scores["hate"] >= 0.85 or (scores["insult"] >= 0.9 and scores["complaint"] < 0.6)


def main() -> None:
    """All sets of the folder named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m bench.judge_accuracy <folder of JSON Lines>")
    judge = LexiconJudge()
    for test in TESTS:
        measured(judge, Path(sys.argv[1]), test)
    hidden_wrongly(judge, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
