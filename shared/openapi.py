"""What a service serves, as one OpenAPI document: told without an engine, a key or an environment."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar, cast

from fastapi import FastAPI
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from shared.bus.producer import Producer
from shared.directory import Directory
from shared.egress import Egress
from shared.keys import Keys
from shared.mongo.client import Mongo
from shared.service import Floor, lay
from shared.settings import FloorSettings

S = TypeVar("S", bound=FloorSettings)
R = TypeVar("R")
Assemble = Callable[[S, Floor], AbstractAsyncContextManager[R]]


def document(
    name: str, settings: type[S], assemble: Assemble[S, R], create_app: Callable[[R], FastAPI]
) -> dict[str, Any]:
    """The document; the same on every machine, whatever its environment says."""
    return asyncio.run(app_on_paper(name, settings, assemble, create_app)).openapi()


async def app_on_paper(
    name: str, settings: type[S], assemble: Assemble[S, R], create_app: Callable[[R], FastAPI]
) -> FastAPI:
    """The service's app, to be asked about its routes: what stands behind them is closed."""
    nowhere = settings.model_construct(kafka="nowhere.invalid", mongo="mongodb://nowhere.invalid")
    defaults = cast("S", nowhere)
    async with _floor_on_paper(defaults, name) as floor, assemble(defaults, floor) as resources:
        return create_app(resources)


@asynccontextmanager
async def _floor_on_paper(settings: FloorSettings, name: str) -> AsyncIterator[Floor]:
    """A floor whose clients connect to nothing, with keys that nobody else has."""
    platform, commands = PrivateKey.generate(), SigningKey.generate()
    held = Keys(platform.public_key, commands.verify_key, platform, commands)
    async with Mongo.open(settings.mongo, settings.mongo_driver) as mongo, Egress.open(settings) as egress:
        yield lay(settings, name, held, mongo, Producer(settings.kafka, f"/{name}"), Directory(), egress)
