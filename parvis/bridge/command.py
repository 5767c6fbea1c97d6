"""`parvis bridge roundup`."""

import asyncio
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError

from parvis.bridge.receiver import receiver
from parvis.bridge.roundup import Roundup, client
from parvis.bridge.settings import RoundupSettings
from parvis.errors import CommandFailed

app = typer.Typer(no_args_is_help=True, help="Receivers of webhooks that write into other systems.")


@app.callback()
def bridge() -> None:
    """Each needs an endpoint of the brand on the console's CRM page, and its secret."""


@app.command()
def roundup(
    port: Annotated[int, typer.Option(min=1, max=65535, help="where webhooks come in, on /")] = 8096,
    host: Annotated[str, typer.Option(help="which address to listen on")] = "127.0.0.1",
) -> None:
    """Escalated cases become issues in a Roundup tracker, one a thread.

    BRIDGE_SECRET, BRIDGE_URL, BRIDGE_USER and BRIDGE_PASSWORD say whose webhooks and which tracker.
    """
    try:
        settings = RoundupSettings()
    except ValidationError as trouble:
        names = ", ".join(f"BRIDGE_{str(one['loc'][0]).upper()}" for one in trouble.errors())
        raise CommandFailed(f"set {names}") from None
    asyncio.run(_serve(settings, host, port))


async def _serve(settings: RoundupSettings, host: str, port: int) -> None:
    async with client(settings.url, settings.user, settings.password.get_secret_value()) as http:
        served = receiver(settings.secrets, "CaseEscalated", Roundup(http).escalated)
        await uvicorn.Server(uvicorn.Config(served, host=host, port=port, log_level="warning")).serve()
