"""What came out of the story, for people and for programs."""

import io
import json
from pathlib import Path

from rich.console import Console

from parvis.demo.report import Outcome, keep, table
from parvis.demo.tally import WORDS

ROW = dict.fromkeys(WORDS, 0) | {"came_in": 17, "published": 1}
OUTCOME = Outcome(1, 42.04, {"a": "Librairie Quinconce", "b": "Kerlann"}, {"a": ROW, "b": ROW}, ["b: nothing"])


def test_the_table_fits_a_terminal_of_eighty_columns_with_nothing_cut_off() -> None:
    """A row a brand by its name, and the sums."""
    screen = Console(width=80, file=io.StringIO())
    screen.print(table(OUTCOME))
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "…" not in shown
    rows = [line.split()[0] for line in shown.splitlines() if "17" in line]
    assert rows == ["Kerlann", "Librairie"]
    assert "in all                34" in shown


def test_the_file_has_each_brand_all_together_and_what_is_missing(tmp_path: Path) -> None:
    """Every number that was printed."""
    keep(OUTCOME, tmp_path / "summary.json")
    told = json.loads((tmp_path / "summary.json").read_text())
    assert told["all"] == dict.fromkeys(WORDS, 0) | {"came_in": 34, "published": 2}
    assert told["brands"]["b"] == {"name": "Kerlann", **ROW}
    assert told["missing"] == ["b: nothing"]
    assert (told["seed"], told["seconds"]) == (1, 42.0)
