"""A service has erased what it held of a brand."""

from services.console.store.requests import Requests
from shared.bus.envelope import Received
from shared.events.console.data_erased import DataErased


async def handle(received: Received[DataErased], requests: Requests) -> None:
    """Keeps the answer for the report."""
    await requests.answered(received.event)
