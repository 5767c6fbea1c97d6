"""`parvis parked`: messages that were set aside, and why."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from parvis.ops.engines import databases, done, known
from shared.bus.replay import parked_rows


def parked(
    service: Annotated[str, typer.Argument(help="a service, or all")] = "all",
    state: Annotated[str, typer.Option(help="parked (tried again later), dead, done, or any")] = "any",
    topic: Annotated[str | None, typer.Option(help="only of this topic")] = None,
    brand: Annotated[str | None, typer.Option(help="only of this brand")] = None,
    limit: Annotated[int, typer.Option(help="at most so many of each service")] = 50,
) -> None:
    """Messages that their service set aside: parked ones are tried again by themselves, dead ones by `replay`."""
    where: dict[str, Any] = {"topic": topic, "brand_id": brand, "state": state if state != "any" else None}
    where = {field: value for field, value in where.items() if value is not None}
    if state == "any":
        where["state"] = {"$in": ["parked", "dead"]}
    rows = done(_rows(known(service), where, limit))
    table = Table("service", "state", "tries", "event", "brand", "position", "error", "next try")
    for name, row in rows:
        position = f"{row['topic']} {row['partition']}:{row['offset']}"
        event = ".".join(row["type"].split(".")[-2:]) or "?"
        following = f"{row['next_at']:%H:%M:%S}" if row["state"] == "parked" else ""
        told = (event, row["brand_id"] or "", position, row["error"], following)
        table.add_row(name, row["state"], str(row["tries"]), *told)
    Console().print(table if rows else "nothing is set aside")


async def _rows(services: tuple[str, ...], where: dict[str, Any], limit: int) -> list[tuple[str, dict[str, Any]]]:
    async with databases(services) as opened:
        return [(name, row) for name, database in opened.items() for row in await parked_rows(database, where, limit)]
