"""An interaction is gone from its network: it was said all the same."""

from collections.abc import Sequence
from functools import partial

from services.insights.domain import interaction as rules
from services.insights.store.interactions import Fact, Interactions
from shared.bus.envelope import Received
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.mongo.transactions import Transaction


async def handle_counted(
    batch: Sequence[Received[InteractionDeleted]], tx: Transaction, interactions: Interactions
) -> None:
    """Counts as deleted, in the hour in which it was said."""
    facts = [
        Fact(one.event, one.event.interaction_id, one.cause, partial(rules.deleted, fact=one.event)) for one in batch
    ]
    await interactions.learn(facts, batch[0].read_at, tx)
