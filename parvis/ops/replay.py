"""`parvis replay`: dead messages come back to the service that gave them up."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from parvis.errors import CommandFailed
from parvis.ops.engines import databases, done, known
from shared.bus.replay import Replayed, Selection
from shared.bus.replay import replay as bring_back


def replay(
    service: Annotated[str, typer.Argument(help="the service whose dead messages come back")],
    topic: Annotated[str | None, typer.Option(help="only of this topic")] = None,
    brand: Annotated[str | None, typer.Option(help="only of this brand")] = None,
    event: Annotated[str | None, typer.Option(help="only of this class, such as InteractionReceived")] = None,
    error: Annotated[str | None, typer.Option(help="only where the error contains this text")] = None,
    hours: Annotated[
        float | None, typer.Option(min=0, max=720, help="only those that died within so many hours")
    ] = None,
    go: Annotated[bool, typer.Option("--go", help="do it; without this it is only counted")] = False,
    with_effects: Annotated[
        bool, typer.Option(help="let actions, alerts and webhooks older than 24 h happen too")
    ] = False,
) -> None:
    """Count the dead messages that match, and with --go let their service try them again now."""
    since = None if hours is None else datetime.now(UTC) - timedelta(hours=hours)
    selection = Selection(None, topic, brand, event, error, since)
    if service == "all":
        raise CommandFailed("name one service: a replay goes to it alone")
    known(service)
    outcome = done(_replay(service, selection, with_effects=with_effects, dry_run=not go))
    what = f"{outcome.found - outcome.too_old} dead messages of {service}"
    print(f"{what} come back now" if go else f"{what} would come back; add --go to do it")
    if outcome.too_old:
        print(f"{outcome.too_old} are older than 30 days and stay: nobody remembers their effects")


async def _replay(service: str, selection: Selection, *, with_effects: bool, dry_run: bool) -> Replayed:
    async with databases((service,)) as opened:
        return await bring_back(opened[service], selection, with_effects=with_effects, dry_run=dry_run)
