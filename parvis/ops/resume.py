"""`parvis resume`: lets go of a brake."""

from typing import Annotated

import typer

from parvis.errors import CommandFailed
from parvis.ops.engines import databases, done, known
from shared.bus.brake import release


def resume(
    service: Annotated[str, typer.Argument(help="the service whose brake was pulled, or all")],
    group: Annotated[str | None, typer.Option(help="only this consumer group")] = None,
    topic: Annotated[str | None, typer.Option(help="only this topic")] = None,
) -> None:
    """Let a consumer go on that its brake stopped, after what made its messages fail was mended."""
    released = done(_release(known(service), group, topic))
    if not released:
        raise CommandFailed("no brake is pulled there")
    print(f"{released} going on")


async def _release(services: tuple[str, ...], group: str | None, topic: str | None) -> int:
    async with databases(services) as opened:
        return sum([await release(database, group, topic) for database in opened.values()])
