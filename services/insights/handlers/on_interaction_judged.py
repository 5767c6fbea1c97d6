"""A verdict: which mood somebody was in, and what about."""

from collections.abc import Sequence
from functools import partial

from services.insights.domain import interaction as rules
from services.insights.store.interactions import Fact, Interactions
from shared.bus.envelope import Received
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.mongo.transactions import Transaction


async def handle_counted(
    batch: Sequence[Received[InteractionJudged]], tx: Transaction, interactions: Interactions
) -> None:
    """The newest verdict counts, in the hour in which the interaction was said."""
    facts = [
        Fact(one.event, one.event.interaction_id, one.cause, partial(rules.judged, fact=one.event)) for one in batch
    ]
    await interactions.learn(facts, batch[0].read_at, tx)
