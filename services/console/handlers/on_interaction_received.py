"""Somebody said something: an item of the inbox."""

from collections.abc import Sequence
from datetime import timedelta

from services.console.store.counts import Count, Counts
from services.console.store.inbox import Inbox
from shared.bus.envelope import Received
from shared.directory import Directory
from shared.events.ingest.interaction_received import InteractionReceived
from shared.mongo.transactions import Transaction

USUAL_PROMISE = 120


async def handle_batch(batch: Sequence[Received[InteractionReceived]], inbox: Inbox, directory: Directory) -> None:
    """Puts a batch into the inbox; the brand's promise says when an answer is due."""
    facts = []
    for received in batch:
        brand = directory.brand(received.event.brand_id)
        facts.append((received.event, timedelta(minutes=brand.promise if brand else USUAL_PROMISE)))
    await inbox.receive(facts)


async def handle_counted(batch: Sequence[Received[InteractionReceived]], tx: Transaction, counts: Counts) -> None:
    """What people said came in, in the hour in which they said it (never later than we saw it)."""
    said = [(one.event, one.cause) for one in batch if not one.event.author_is_brand]
    came_in = [Count.of(event, "came_in", min(event.said_at, event.seen_at), cause) for event, cause in said]
    await counts.add(came_in, tx)
