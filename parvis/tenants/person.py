"""`parvis person`: what is kept of one person at a brand, and erasing it in every service."""

from typing import Annotated

import typer

from parvis.api import State
from parvis.backup.whose import Step, told
from parvis.tenants.command import Person, Why, answered, console, part, show

app = typer.Typer(no_args_is_help=True, help="One person's data at a brand: what there is, and erasing it everywhere.")
Brand = Annotated[str, typer.Option("--brand", help="the brand that they spoke to")]
Author = Annotated[str, typer.Option("--author", help="`author.id` of an interaction, a handle or a name")]


@app.callback()
def person() -> None:
    """PARVIS_CONSOLE_URL and PARVIS_OPERATOR_KEY say whom to ask; without a key it is the demo's."""


@app.command()
def erase(
    brand: Brand,
    author: Author,
    why: Why,
    by: Person = "operator",
    yes: Annotated[bool, typer.Option("--yes", help="erase; without it only say what there is")] = False,
) -> None:
    """Say what there is of a person; with --yes erase it in every service, for good."""
    found = told(lambda step: _found(brand, author, by))
    print(f"{found['name'] or found['handle'] or author} on {found['network']} ({found['person_id']})")
    for name in ("interactions", "cases", "contacts"):
        print(f"  {name}: {found[name]}")
    if not yes:
        print("nothing was erased; --yes does it, for good")
        return
    report = told(lambda step: _erased(brand, found["person_id"], why, by, step))
    show(report)
    print(f"Kafka's topics have lost it by age on {report['gone_from_topics_at'][:10]}; backups, when you delete them")


async def _erased(brand: str, person_id: str, why: str, by: str, step: Step) -> State:
    async with console() as api:
        path, asks = f"/brands/{part(brand)}/people/{part(person_id)}/erasure", {"X-Parvis-Person": by}
        report = await api.call("POST", path, {"why": why}, headers=asks)
        return await answered(api, report, step("erasing", len(report["missing"])))


async def _found(brand: str, author: str, by: str) -> State:
    async with console() as api:
        return await api.call("GET", f"/brands/{part(brand)}/people/{part(author)}", headers={"X-Parvis-Person": by})
