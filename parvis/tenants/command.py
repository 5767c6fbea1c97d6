"""`parvis brand`: asks the console, and waits for every service's answer."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import typer

from parvis import tables
from parvis.api import Api, State
from parvis.backup.whose import Step, told
from parvis.errors import CommandFailed
from parvis.settings import ToolSettings
from parvis.tenants.fetching import fetch
from shared.settings import load

app = typer.Typer(no_args_is_help=True, help="A whole brand's data: hand it out, or erase it everywhere.")
LOOK_AGAIN = 0.5
PATIENCE = 3600.0
Why = Annotated[str, typer.Option(help="kept with the request")]
Person = Annotated[str, typer.Option("--for", help="an admin of the brand who asks; the operator if nobody is named")]


@app.callback()
def brand() -> None:
    """PARVIS_CONSOLE_URL and PARVIS_OPERATOR_KEY say whom to ask; without a key it is the demo's."""


@app.command()
def export(
    brand_id: Annotated[str, typer.Argument(metavar="BRAND")],
    folder: Annotated[Path, typer.Argument(help="empty, or not there yet")],
    why: Why,
    person: Person = "operator",
) -> None:
    """What every service holds of a brand, as JSON Lines: a folder a service, a file a collection. No secrets."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # before anybody is asked: it may not be to be had
    if any(folder.iterdir()):
        raise CommandFailed(f"{folder} is not empty: each export has a folder of its own")
    report = told(lambda step: _asked("export", brand_id, why, person, step))
    told(lambda step: fetch(brand_id, report, folder, step))
    (folder / "report.json").write_text(json.dumps(report, indent=1))
    show(report)


@app.command()
def erase(
    brand_id: Annotated[str, typer.Argument(metavar="BRAND")],
    why: Why,
    person: Person = "operator",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask again")] = False,
) -> None:
    """Erase a brand in every service, for good; its channels are let go first, and nothing of it is taken in."""
    if not yes:
        typer.confirm(f"erase {brand_id} with all that was ever said to it, for good?", abort=True)
    report = told(lambda step: _asked("erasure", brand_id, why, person, step))
    show(report)
    print(f"Kafka's topics have lost it by age on {report['gone_from_topics_at'][:10]}; backups, when you delete them")


async def _asked(kind: str, brand_id: str, why: str, person: str, step: Step) -> State:
    """Ask, and wait until nobody's answer is missing."""
    async with console() as api:
        path = f"/brands/{part(brand_id)}/{kind}"
        report = await api.call("POST", path, {"why": why}, headers={"X-Parvis-Person": person})
        done = step(kind, len(report["answers"]) + len(report["missing"]))
        return await answered(api, report, done)


@asynccontextmanager
async def console() -> AsyncIterator[Api]:
    """The console's public API; what it refuses, and its silence, is one sentence."""
    settings = load(ToolSettings)
    url, key = settings.console(), settings.key()
    if not key:
        raise CommandFailed(f"no demo was ever started here, so there is no key to {url}: set PARVIS_OPERATOR_KEY")
    try:
        async with Api.open(url, key) as api:
            yield api
    except httpx.HTTPStatusError as refusal:
        raise CommandFailed(refused(url, refusal.response)) from None
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise CommandFailed(f"{url} does not answer ({error}): PARVIS_CONSOLE_URL says where the console is") from None


def refused(url: str, answer: httpx.Response) -> str:
    """What the console said, for a person."""
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    why = problem.get("detail") or problem.get("title") or answer.reason_phrase
    wrong = [f"{one['at'].rpartition('/')[2]}: {one['why']}" for one in problem.get("errors", ())]
    why = "; ".join([why, *wrong])
    whose = ": PARVIS_OPERATOR_KEY says which" if answer.status_code == httpx.codes.UNAUTHORIZED else ""
    return f"{url} refuses: {why} ({answer.status_code}){whose}"


def part(name: str) -> str:
    """A name as one part of a path, whatever is in it."""
    if name in ("", ".", ".."):
        raise CommandFailed(f"{name!r} names nothing")
    return quote(name, safe="")


async def answered(api: Api, report: State, done: Callable[[int], None]) -> State:
    """The report when nobody's answer is missing; `done` hears how many more there are."""
    deadline, path = time.monotonic() + PATIENCE, f"/brands/{report['brand_id']}/requests/{report['request_id']}"
    shown = 0
    while True:
        report = await api.call("GET", path)
        done(len(report["answers"]) - shown)
        shown = len(report["answers"])
        if not report["missing"]:
            return report
        if time.monotonic() > deadline:
            raise CommandFailed(f"{', '.join(report['missing'])} did not answer; ask {path} later")
        await asyncio.sleep(LOOK_AGAIN)


def show(report: dict[str, Any]) -> None:
    """What each service did."""
    rows = tables.made("service", "what", "how many")
    for service, answer in sorted(report["answers"].items()):
        for name, count in sorted(answer["counts"].items()) or [("nothing", 0)]:
            rows.add_row(service, name, str(count))
    tables.show(rows)
