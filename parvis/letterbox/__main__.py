"""`python -m parvis.letterbox --port 8825 --smtp-port 8826`: a page and a mail server, until it is told to stop."""

import asyncio
from typing import Annotated

import typer
import uvicorn

from parvis.letterbox.box import open_box
from parvis.letterbox.page import create_app


def letterbox(
    port: Annotated[int, typer.Option(help="The page's.")], smtp_port: Annotated[int, typer.Option(help="Mail's.")]
) -> None:
    """Take mails and show them."""
    asyncio.run(_serve(port, smtp_port))


async def _serve(port: int, smtp_port: int) -> None:
    async with open_box(smtp_port) as box:
        config = uvicorn.Config(create_app(box), host="127.0.0.1", port=port, log_level="warning")
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    typer.run(letterbox)
