"""A run as people and machines read it."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.chaos.run import Report

ENOUGH = 3


def write(report: Report, path: Path) -> None:
    """The machine's form."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n")


def show(report: Report) -> None:
    """The people's form."""
    console = Console(width=150)
    checks = Table("check", "what must hold", "among", "wrong", "such as", title="Chaos")
    for check in report.checks:
        colour = "green" if check.holds else "red"
        such_as = "\n".join(check.wrong[:ENOUGH])
        checks.add_row(f"[{colour}]{check.name}", check.claim, str(check.among), str(len(check.wrong)), such_as)
    console.print(checks)
    deaths = Table("at", "killed", "back after", "while this was away", title=f"Killed, seed {report.plan.seed}")
    for death in report.deaths:
        back = "never" if death.recovered is None else f"{death.recovered:.1f} s"
        victim = f"{death.victim} (frozen)" if death.frozen else death.victim
        deaths.add_row(f"{death.at:.1f} s", victim, back, death.without)
    console.print(deaths)
    console.print(", ".join(f"{name} {count:,}" for name, count in report.amounts.items()))
    console.print(f"commands: {report.answers}; refused {report.refused[:ENOUGH]}")
    console.print(
        f"storm {report.storm:.0f} s, settled after {report.settled:.0f} s, slowest recovery {report.slowest:.1f} s"
    )
