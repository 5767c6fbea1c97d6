"""What came out of the story: a table for people, a file for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from parvis.demo.tally import WORDS, Sums, in_all, words

# Broken so that the table fits 80 columns.
HEADS = {"came_in": "came\nin", "held_for_a_person": "held\nfor a\nperson", "unsettled": "not\nsettled"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`brands` are console's sums by brand id, `names` what the brands are called, `missing` what did not happen."""

    seed: int
    seconds: float
    names: Mapping[str, str]
    brands: Mapping[str, Sums]
    missing: Sequence[str]


def table(outcome: Outcome) -> Table:
    """A row a brand, and one for all."""
    heads = [HEADS.get(word, words(word)) for word in WORDS]
    shown = Table("", *heads, show_footer=True, show_edge=False, box=SIMPLE_HEAD, pad_edge=False, padding=0)
    whole = in_all(outcome.brands)
    for column, foot in zip(shown.columns, ["in all", *(str(whole[word]) for word in WORDS)], strict=True):
        column.footer = foot
        column.justify = "right" if column.header else "left"
    shown.columns[0].no_wrap = True
    for brand, row in sorted(outcome.brands.items(), key=lambda one: outcome.names[one[0]]):
        shown.add_row(outcome.names[brand], *(str(row[word]) for word in WORDS))
    return shown


def keep(outcome: Outcome, path: Path) -> None:
    """As JSON: `brands` by id, `all`, what is `missing`, the `seed` and how many `seconds` the story took."""
    brands = {brand: {"name": outcome.names[brand], **row} for brand, row in outcome.brands.items()}
    told = {
        "seed": outcome.seed,
        "seconds": round(outcome.seconds, 1),
        "all": in_all(outcome.brands),
        "missing": list(outcome.missing),
        "brands": brands,
    }
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
