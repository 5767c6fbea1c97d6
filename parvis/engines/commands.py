"""`parvis engines`: the local MongoDB and Kafka."""

import re

import typer
from rich.console import Console

from parvis import tables
from parvis.engines.local import Addresses, LocalEngines
from parvis.settings import ToolSettings
from shared.settings import load

app = typer.Typer(help="Start, stop and look at the local MongoDB and Kafka.", no_args_is_help=True)
NOT_RUNNING = 3


@app.command()
def start() -> None:
    """Start both (skipping those that PARVIS_KAFKA and PARVIS_MONGO name) and print where they are."""
    note = Console(stderr=True)
    with note.status("starting the engines"):
        addresses = LocalEngines(load(ToolSettings)).start(note.print)
    print_addresses(addresses)


@app.command()
def stop() -> None:
    """Stop both; their data is kept."""
    LocalEngines(load(ToolSettings)).stop(Console(stderr=True).print)


@app.command()
def status() -> None:
    """Say how each is; exit code 3 when one does not run."""
    rows = tables.made("engine", "state", "address", "pid", "memory", "log")
    standings = LocalEngines(load(ToolSettings)).standings()
    for engine in standings:
        memory = f"{engine.resident >> 20} MB" if engine.resident else ""
        log = str(engine.log or "")
        rows.add_row(engine.name, engine.state, place_of(engine.address), str(engine.pid or ""), memory, log)
    tables.show(rows)
    if any(engine.state not in ("running", "external") for engine in standings):
        raise typer.Exit(NOT_RUNNING)


def place_of(address: str) -> str:
    """The hosts alone: a name, a password and options may stand around them."""
    scheme, colon, rest = address.partition("://")
    return f"{scheme}{colon}{re.split('[/?]', rest.rpartition('@')[2])[0]}" if colon else address


def print_addresses(addresses: Addresses) -> None:
    """In a form that a shell can `eval`."""
    print(f"export PARVIS_KAFKA='{addresses.kafka}'")
    print(f"export PARVIS_MONGO='{addresses.mongo}'")
