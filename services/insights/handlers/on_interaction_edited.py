"""Somebody changed what they said: it counts once all the same."""

from collections.abc import Sequence

from services.insights.store.facts import text_facts
from services.insights.store.interactions import Interactions
from shared.bus.envelope import Received
from shared.events.ingest.interaction_edited import InteractionEdited
from shared.mongo.transactions import Transaction


async def handle_counted(
    batch: Sequence[Received[InteractionEdited]], tx: Transaction, interactions: Interactions
) -> None:
    """The text's own document, and that of the interaction which the brand answered with it."""
    await interactions.learn([fact for one in batch for fact in text_facts(one.event, one.cause)], batch[0].read_at, tx)
