"""`parvis simulator`: social networks to try things on."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from parvis.errors import CommandFailed
from parvis.simulator.app import create_app, open_resources
from parvis.simulator.cutting import CuttingProtocol
from parvis.simulator.listening import listen


def simulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="where it listens; 0 takes a free port")] = 8800,
    host: Annotated[str, typer.Option(help="the address it listens on")] = "127.0.0.1",
    data: Annotated[Path | None, typer.Option(help="folder that keeps everything; left out: memory only")] = None,
    seed: Annotated[int, typer.Option(help="of the crowd and of chance faults")] = 1,
    url: Annotated[str | None, typer.Option(help="where browsers find it; left out: at host and port")] = None,
    port_file: Annotated[Path | None, typer.Option(help="file to write the port to once it listens")] = None,
) -> None:
    """Run simulated social networks with people who talk, and faults on demand; look at it in a browser."""
    try:
        asyncio.run(serve(host, port, data, seed, port_file, url))
    except OSError as error:
        if error.filename is not None:  # a folder or file of ours, and not the port
            raise
        raise CommandFailed(f"the simulator cannot listen on {host}:{port}: {error.strerror}") from error


async def serve(
    host: str, port: int, data: Path | None, seed: int, port_file: Path | None, url: str | None = None
) -> None:
    """Until SIGTERM or SIGINT. `url` is the address that its links begin with."""
    with listen(host, port) as listener:
        chosen = listener.getsockname()[1]
        async with open_resources(data, url or f"http://{host}:{chosen}", seed) as resources:
            config = uvicorn.Config(
                create_app(resources), http=CuttingProtocol, log_level="warning", access_log=False,
                timeout_graceful_shutdown=3,
            )  # fmt: skip
            note_port(port_file, chosen)
            await uvicorn.Server(config).serve([listener])


def note_port(port_file: Path | None, port: int) -> None:
    if port_file is not None:
        port_file.write_text(str(port))
