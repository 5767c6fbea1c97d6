"""`parvis audit`: whether the log of who did what is as it was written."""

from typing import Annotated, Any

import typer

from parvis.errors import CommandFailed
from parvis.ops.engines import databases, done
from shared.audit import first_broken
from shared.mongo.database import Database

app = typer.Typer(help="The log of who did what, hash-chained for each brand.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """The log of who did what, hash-chained for each brand."""


@app.command()
def verify(brand: Annotated[str, typer.Option(help="only this brand's")] = "") -> None:
    """Walk each brand's chain; the first link that does not hold is named, and the exit code is 1."""
    told = done(_walk(brand))
    broken = [f"{one}: link {found[0]}: {found[1]}" for one, (_, found) in told.items() if found is not None]
    for one, (count, found) in told.items():
        if found is None:
            print(f"{one}: {count} links hold")
    if broken:
        raise CommandFailed("; ".join(broken))
    if brand and not told:
        raise CommandFailed(f"{brand} has no log; without --brand every one that there is is walked")
    if not told:
        print("no brand has a log")


async def _walk(brand: str) -> dict[str, tuple[int, tuple[int, str] | None]]:
    async with databases(("console",)) as opened:
        database = opened["console"]
        heads = await database.system("auditHeads").find({"_id": brand} if brand else {}, sort="_id")
        return {head["_id"]: (head["n"], await _of_brand(database, head)) for head in heads}


async def _of_brand(database: Database, head: dict[str, Any]) -> tuple[int, str] | None:
    of_brand = {"brand_id": head["_id"]}
    links = await database.system("auditChain").find({**of_brand, "n": {"$lte": head["n"]}}, sort="n")
    rows = {row["_id"]: row for row in await database.system("auditLog").find({**of_brand, "linked": True})}
    return first_broken(links, rows, head)
