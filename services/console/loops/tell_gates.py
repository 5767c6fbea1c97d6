"""Tells the gated services what is shut: at once, each second until each has confirmed, every 10 s while it lasts."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from services.console.domain.holds import GATED
from services.console.owners import Order, OwnerAway, Owners
from services.console.store.holds import Holds
from shared.mongo.operations import Document

A_CALL = 200
PATIENCE = 2.0  # seconds: who does not answer by then is told again


class Teller:
    """Kafka tells the same; this is for when it does not, and to know who has heard."""

    def __init__(self, owners: Owners, holds: Holds, new_id: Callable[[], str]) -> None:
        self._owners = owners
        self._holds = holds
        self._new_id = new_id

    async def tell_due(self) -> bool:
        """Tell each service what is due for it; whether there may be more."""
        return any(await asyncio.gather(*(self._tell(service) for service in GATED)))

    async def _tell(self, service: str) -> bool:
        rows = await self._holds.to_tell(service, A_CALL)
        if not rows:
            return False
        body = {"gates": [_gate(row) for row in rows]}
        given = Order(service, "PUT", "/gates", "hold_all", "", "console", self._new_id(), body)
        with suppress(OwnerAway, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                answer = await self._owners.send(given)
            if answer.ok:
                await self._holds.confirmed(service, answer.body["gates"])
        return len(rows) == A_CALL


def _gate(row: Document) -> dict[str, Any]:
    return {"brand_id": row["_id"], "epoch": row["epoch"], "seq": row["seq"], "holds": _holds(row["holds"])}


def _holds(holds: Sequence[Document]) -> list[dict[str, Any]]:
    shown = ("hold_id", "scope", "shut", "person", "why", "since")
    return [{name: _plain(hold[name]) for name in shown} for hold in holds]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
