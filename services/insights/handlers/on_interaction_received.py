"""Somebody said something: it counts in its hour, and for its author."""

from collections.abc import Sequence

from services.insights.store.facts import text_facts
from services.insights.store.interactions import Interactions
from shared.bus.envelope import Received
from shared.events.ingest.interaction_received import InteractionReceived
from shared.mongo.transactions import Transaction


async def handle_counted(
    batch: Sequence[Received[InteractionReceived]], tx: Transaction, interactions: Interactions
) -> None:
    """The text's own document, and that of the interaction which the brand answered with it."""
    await interactions.learn([fact for one in batch for fact in text_facts(one.event, one.cause)], batch[0].read_at, tx)
