"""Somebody said something: an item of the inbox."""

from collections.abc import Sequence
from datetime import timedelta

from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.directory import Directory
from shared.events.ingest.interaction_received import InteractionReceived

USUAL_PROMISE = 120


async def handle_batch(batch: Sequence[Received[InteractionReceived]], inbox: Inbox, directory: Directory) -> None:
    """Puts a batch into the inbox; the brand's promise says when an answer is due."""
    facts = []
    for received in batch:
        brand = directory.brand(received.event.brand_id)
        facts.append((received.event, timedelta(minutes=brand.promise if brand else USUAL_PROMISE)))
    await inbox.receive(facts)
