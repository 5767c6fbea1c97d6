"""`parvis keys`: the deployment's key files."""

from pathlib import Path
from typing import Annotated

import typer

from shared.keys import create


def keys(
    directory: Annotated[
        Path, typer.Argument(envvar="PARVIS_KEYS_DIR", help="Where the services look for them.")
    ] = Path(".parvis/keys"),
) -> None:
    """Make the key files that are absent (tokens are sealed and commands signed with them); none is ever replaced."""
    made = create(directory)
    typer.echo(f"{directory}: {'made' if made else 'all there already'}")
