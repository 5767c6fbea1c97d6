"""The `parvis` command: a table of contents, one file per command or group of commands."""

import errno
import sys
from importlib import import_module
from typing import NoReturn

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from parvis.errors import CommandFailed
from shared.errors import ParvisError
from shared.keys import KeysMissing
from shared.settings import SettingsError

# Where each command is, by the panel of `parvis --help` that shows it. Only what is called is imported.
COMMANDS = {
    "Run it here": {
        "demo": "parvis.demo.command:demo",
        "engines": "parvis.engines.commands:app",
        "simulator": "parvis.simulator.commands:simulator",
        "peers": "parvis.peers.command:app",
        "bridge": "parvis.bridge.command:app",
    },
    "Operate": {
        "topics": "parvis.ops.topics:app",
        "lag": "parvis.ops.lag:lag",
        "parked": "parvis.ops.parked:parked",
        "replay": "parvis.ops.replay:replay",
        "resume": "parvis.ops.resume:resume",
        "epoch": "parvis.ops.epoch:app",
        "backup": "parvis.backup.taking:backup",
        "restore": "parvis.backup.restoring:restore",
        "brand": "parvis.tenants.command:app",
        "person": "parvis.tenants.person:app",
        "audit": "parvis.ops.audit:app",
        "keys": "parvis.keys:keys",
    },
    "Develop": {
        "contracts": "parvis.contracts.command:contracts",
    },
}


class TableOfContents(TyperGroup):
    """Finds each command in its own file when it is asked for."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """In the order of the table."""
        return [name for panel in COMMANDS.values() for name in panel]

    def get_command(self, ctx: typer.Context, cmd_name: str):  # type: ignore[no-untyped-def,override]
        """The command of that name, or None."""
        for panel, commands in COMMANDS.items():
            if cmd_name in commands:
                command = _load(commands[cmd_name], cmd_name)
                command.rich_help_panel = panel
                return command
        return None


def _load(where: str, name: str):  # type: ignore[no-untyped-def]
    module, attribute = where.split(":")
    found = getattr(import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(name)(found)
        found = single
    found._add_completion = False
    command = typer.main.get_command(found)
    command.name = name
    return command


app = typer.Typer(cls=TableOfContents, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def parvis() -> None:
    """The platform that agencies run their clients' communities on."""


def main() -> None:
    """The entry point: a failure that a person can act on is one message, not a traceback."""
    try:
        app()
    except (CommandFailed, ParvisError, KeysMissing, SettingsError) as failure:
        _give_up(str(failure))
    except OSError as failure:
        if failure.errno == errno.ENOSPC:
            _give_up(f"the disk is full: {failure}")
        if failure.filename is None:
            raise
        _give_up(f"{failure.filename}: {failure.strerror}")


def _give_up(message: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(Text.assemble(("parvis: ", "bold red"), message))
    sys.exit(1)
