"""Tables that can be read: nothing is cut off on a narrow terminal, and nothing is folded in a pipe or a file."""

from rich.console import Console
from rich.table import Table

UNBOUNDED = 10_000  # characters: a line in a pipe is as long as what it says


def made(*columns: str) -> Table:
    """A table whose cells go on in a further line where there is no room."""
    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def show(table: Table) -> None:
    """As wide as the terminal; without one as wide as it needs to be, so that `grep` finds whole names."""
    screen = Console()
    if not screen.is_terminal:
        screen = Console(width=UNBOUNDED)
    screen.print(table)
