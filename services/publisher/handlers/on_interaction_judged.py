"""A verdict wishes something of the network (most wish nothing, and cost nothing)."""

from collections.abc import Sequence

from services.publisher.domain.wish import acts, order
from services.publisher.store.wishes import Wishes
from shared.bus.envelope import Received
from shared.events.moderation.interaction_judged import InteractionJudged


async def handle_batch(batch: Sequence[Received[InteractionJudged]], wishes: Wishes) -> None:
    """What was said before the channel was connected is never acted on by rule."""
    acting = [one for one in batch if acts(one.event.wish, one.cause.replayed_from, one.read_at)]
    await wishes.state_wishes([_wish(one) for one in acting if not one.event.backfill])


def _wish(received: Received[InteractionJudged]) -> dict[str, object]:
    event = received.event
    return {
        "interaction_id": event.interaction_id,
        "brand_id": event.brand_id,
        "place": event.place.model_dump(),
        "wanted": event.wish,
        "order": order(event.epoch, event.revision, by_person=False, number=event.policy_version),
        "cause": received.cause.event_id,
        "person": "",
        "trace": received.cause.traceparent,
    }
