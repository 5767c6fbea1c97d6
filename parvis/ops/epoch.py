"""`parvis epoch`: how often the stores were restored."""

from datetime import datetime

import typer

from parvis import tables
from parvis.ops.engines import SERVICES, databases, done

app = typer.Typer(
    help="The epoch counts restores; after one, nothing is sent without a look at its network.",
    no_args_is_help=True,
)


@app.command()
def show() -> None:
    """The epoch of each service's store, and when it was raised."""
    rows = tables.made("service", "epoch", "raised")
    for name, (value, raised_at) in done(_epochs()).items():
        rows.add_row(name, str(value), "never" if raised_at is None else f"{raised_at:%Y-%m-%d %H:%M:%S} UTC")
    tables.show(rows)


@app.command(name="raise")
def raise_epoch() -> None:
    """Raise the epoch of every store: after a restore, before the services start again."""
    for name, value in done(_raise()).items():
        print(f"{name}: epoch {value}")


async def _epochs() -> dict[str, tuple[int, datetime | None]]:
    async with databases(SERVICES) as opened:
        rows = {name: await database.system("epochs").get({"_id": "epoch"}) for name, database in opened.items()}
    return {name: (row["value"], row["raised_at"]) if row else (0, None) for name, row in rows.items()}


async def _raise() -> dict[str, int]:
    """All stores get the same epoch, one above the highest, so that events of the same restore compare as equal."""
    highest = max(value for value, _ in (await _epochs()).values())
    async with databases(SERVICES) as opened:
        for database in opened.values():
            update = {"$set": {"value": highest + 1}, "$currentDate": {"raised_at": True}}
            await database.system("epochs").update({"_id": "epoch"}, update, upsert=True)
    return dict.fromkeys(SERVICES, highest + 1)
