"""`parvis parked`: messages that were set aside, and why."""

from collections import Counter
from typing import Annotated, Any

import typer

from parvis import tables
from parvis.errors import CommandFailed
from parvis.ops.engines import databases, done, known
from shared.bus.replay import parked_rows

STATES = ("parked", "dead", "done", "any")


def parked(
    service: Annotated[str, typer.Argument(help="a service, or all")] = "all",
    state: Annotated[str, typer.Option(help="parked (tried again later), dead, done, or any")] = "any",
    topic: Annotated[str | None, typer.Option(help="only of this topic")] = None,
    brand: Annotated[str | None, typer.Option(help="only of this brand")] = None,
    limit: Annotated[int, typer.Option(min=1, help="at most so many of each service")] = 50,
) -> None:
    """Messages that their service set aside: parked ones are tried again by themselves, dead ones by `replay`."""
    if state not in STATES:
        raise CommandFailed(f"there is no state {state}: {', '.join(STATES[:-1])}, or {STATES[-1]}")
    where: dict[str, Any] = {"topic": topic, "brand_id": brand, "state": state if state != "any" else None}
    where = {field: value for field, value in where.items() if value is not None}
    if state == "any":
        where["state"] = {"$in": ["parked", "dead"]}
    found = done(_rows(known(service), where, limit))
    if not found:
        print("nothing is set aside")
        return
    rows = tables.made("service", "state", "reason", "tries", "event", "brand", "position", "error", "next try")
    for name, row in found:
        rows.add_row(name, *_told(row))
    tables.show(rows)
    if max(Counter(name for name, _ in found).values()) == limit:
        print(f"the latest {limit} of each service; --limit shows more")


def _told(row: dict[str, Any]) -> tuple[str, ...]:
    event = ".".join(row["type"].split(".")[-2:]) or "?"
    position = f"{row['topic']} {row['partition']}:{row['offset']}"
    following = f"{row['next_at']:%H:%M:%S}" if row["state"] == "parked" else ""
    what = event, row["brand_id"] or "", position, row["error"], following
    return row["state"], row["reason"], str(row["tries"]), *what


async def _rows(services: tuple[str, ...], where: dict[str, Any], limit: int) -> list[tuple[str, dict[str, Any]]]:
    async with databases(services) as opened:
        return [(name, row) for name, database in opened.items() for row in await parked_rows(database, where, limit)]
