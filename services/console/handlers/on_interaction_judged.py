"""A verdict: the item says what it means for people. A first one brings the text, and makes the item."""

from collections.abc import Sequence

from services.console.domain.promise import answer_within
from services.console.store.arrivals import Arrivals
from shared.bus.envelope import Received
from shared.directory import Directory
from shared.events.moderation.interaction_judged import InteractionJudged


async def handle_batch(batch: Sequence[Received[InteractionJudged]], arrivals: Arrivals, directory: Directory) -> None:
    """Writes a batch into the inbox; the brand's promise says when an answer is due."""
    await arrivals.judge([(one.event, answer_within(directory.brand(one.event.brand_id))) for one in batch])
