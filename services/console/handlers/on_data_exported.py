"""A service has written down what it holds of a brand."""

from services.console.store.requests import Requests
from shared.bus.envelope import Received
from shared.events.console.data_exported import DataExported


async def handle(received: Received[DataExported], requests: Requests) -> None:
    """Keeps the answer for the report."""
    await requests.answered(received.event)
