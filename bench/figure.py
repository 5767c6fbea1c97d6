"""One measured figure beside its reference, and the table of all."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """`reference` names what `reference_value` is; `ratio` is value over reference (None where there is none)."""

    name: str
    value: float
    unit: str
    reference: str = ""
    reference_value: float | None = None

    @property
    def ratio(self) -> float | None:
        """Value over reference."""
        return None if not self.reference_value else self.value / self.reference_value


def write(figures: Sequence[Figure], path: Path) -> None:
    """The machine's form: a list of {name, value, unit, reference, reference_value, ratio}."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([{**asdict(one), "ratio": one.ratio} for one in figures], indent=1) + "\n")


def show(figures: Sequence[Figure]) -> None:
    """The people's form."""
    table = Table(title="Parvis, measured here")
    for column, side in (
        ("figure", "left"),
        ("value", "right"),
        ("unit", "left"),
        ("reference", "left"),
        ("its value", "right"),
        ("ratio", "right"),
    ):
        table.add_column(column, justify=side)  # type: ignore[arg-type]
    for one in figures:
        reference = "" if one.reference_value is None else f"{one.reference_value:,.1f}"
        ratio = "" if one.ratio is None else f"{one.ratio:.3f}"
        table.add_row(one.name, f"{one.value:,.1f}", one.unit, one.reference, reference, ratio)
    Console(width=150).print(table)
