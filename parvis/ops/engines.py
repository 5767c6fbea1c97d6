"""Opens what the operators' commands work on: the same Kafka and databases as the services."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from parvis.engines.local import LocalEngines
from parvis.errors import CommandFailed
from parvis.services import USUAL_PORTS
from parvis.settings import ToolSettings
from shared.errors import ParvisError, Unavailable
from shared.mongo.client import Mongo
from shared.mongo.database import Database
from shared.settings import load

T = TypeVar("T")

SERVICES = tuple(sorted(USUAL_PORTS))  # one that writes no topic has a database too


def kafka() -> str:
    """Where Kafka is: PARVIS_KAFKA, else the local one that runs."""
    return LocalEngines(load(ToolSettings)).address("kafka")


@asynccontextmanager
async def databases(services: tuple[str, ...]) -> AsyncIterator[dict[str, Database]]:
    """The databases of these services, by name."""
    settings = load(ToolSettings)
    async with Mongo.open(LocalEngines(settings).address("mongo")) as mongo:
        yield {name: mongo.database(f"{settings.database_prefix}{name}", f"/{name}") for name in services}


def known(service: str) -> tuple[str, ...]:
    """The service of that name; of "all" every one."""
    if service == "all":
        return SERVICES
    if service not in SERVICES:
        raise CommandFailed(f"there is no service {service}: {', '.join(SERVICES)}, or all")
    return (service,)


def done(work: Coroutine[Any, Any, T]) -> T:
    """Runs the work; what goes wrong is said in one line."""
    try:
        return asyncio.run(work)
    except Unavailable as unavailable:
        raise CommandFailed(f"{unavailable}: is it running? `parvis engines status`") from unavailable
    except ParvisError as error:
        raise CommandFailed(str(error)) from error
