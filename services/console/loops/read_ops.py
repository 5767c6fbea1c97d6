"""Asks every service how it is, so that the operations page waits for nobody."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from services.console.owners import OwnerAway, Owners
from services.console.store.health import Health


class OpsReader:
    """One look at all services at once."""

    def __init__(self, owners: Owners, health: Health, services: Sequence[str], clock: Callable[[], datetime]) -> None:
        self._owners = owners
        self._health = health
        self._services = services
        self._clock = clock

    async def read_all(self) -> None:
        """Keep what each told; one that is away keeps what it told last."""
        await asyncio.gather(*(self._read(service) for service in self._services))

    async def _read(self, service: str) -> None:
        try:
            told = await self._owners.health(service)
        except OwnerAway:
            await self._health.away(service, self._clock())
        else:
            await self._health.keep(service, told, self._clock())
