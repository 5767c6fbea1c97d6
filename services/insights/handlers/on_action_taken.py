"""A network did what was asked: a reply answers somebody."""

from collections.abc import Sequence
from functools import partial

from services.insights.domain import interaction as rules
from services.insights.store.interactions import Fact, Interactions
from shared.bus.envelope import Received
from shared.events.publisher.action_taken import ActionTaken
from shared.mongo.transactions import Transaction


async def handle_counted(batch: Sequence[Received[ActionTaken]], tx: Transaction, interactions: Interactions) -> None:
    """The first answer ends the waiting."""
    replies = [one for one in batch if (one.event.action, one.event.result) == ("reply", "done")]
    facts = [
        Fact(one.event, one.event.interaction_id, one.cause, partial(rules.replied, fact=one.event)) for one in replies
    ]
    await interactions.learn(facts, batch[0].read_at, tx)
