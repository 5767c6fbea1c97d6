"""`parvis peers start | stop | status`."""

import json
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Annotated, Any

import typer

from parvis.peers import bluesky, wordpress
from parvis.peers.processes import running
from parvis.peers.settings import PeerSettings

PEERS: Mapping[str, ModuleType] = {"wordpress": wordpress, "bluesky": bluesky}
app = typer.Typer(no_args_is_help=True, help="Real networks on this machine: a WordPress and the whole of Bluesky.")
Names = Annotated[list[str] | None, typer.Argument(help="wordpress, bluesky; both when none is named.")]


def is_running(name: str, settings: PeerSettings | None = None) -> bool:
    """Whether every program of this peer runs."""
    peer = PEERS[name]
    home = peer.folder(settings or PeerSettings())
    return all(running(home, program) for program in peer.PROGRAMS)


def start_peers(names: Iterable[str] = tuple(PEERS), settings: PeerSettings | None = None) -> dict[str, dict[str, Any]]:
    """Start the named peers, or find them running; answers addresses and accounts, or `PeerUnavailable`."""
    chosen = settings or PeerSettings()
    return {name: PEERS[name].start(chosen) for name in names}


def stop_peers(names: Iterable[str] = tuple(PEERS), settings: PeerSettings | None = None) -> None:
    """Stop the named peers; those that do not run are left alone."""
    for name in names:
        PEERS[name].end(settings or PeerSettings())


def _checked(names: list[str] | None) -> list[str]:
    unknown = set(names or ()) - set(PEERS)
    if unknown:
        raise typer.BadParameter(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    return names or list(PEERS)


@app.command()
def start(names: Names = None) -> None:
    """Install (root only) and start; prints addresses and test accounts as JSON."""
    typer.echo(json.dumps(start_peers(_checked(names)), indent=2))


@app.command()
def stop(names: Names = None) -> None:
    """Stop them; WordPress keeps its data, Bluesky starts anew."""
    stop_peers(_checked(names))


@app.command()
def status() -> None:
    """Say which of them run."""
    for name in PEERS:
        typer.echo(f"{name}: {'running' if is_running(name) else 'stopped'}")
