"""A person decided what the network should show."""

from services.publisher.domain.wish import acts, order
from services.publisher.store.wishes import Wishes
from shared.bus.envelope import Received
from shared.events.moderation.case_decided import CaseDecided


async def handle(received: Received[CaseDecided], wishes: Wishes) -> None:
    """A person's wish beats a rule's about the same revision."""
    event = received.event
    if not acts(event.wish, received.cause.replayed_from, received.read_at):
        return
    wish = {
        "interaction_id": event.interaction_id,
        "brand_id": event.brand_id,
        "place": event.place.model_dump(),
        "wanted": event.wish,
        "order": order(event.epoch, event.revision, by_person=True, number=event.seq),
        "cause": received.cause.event_id,
        "person": event.person,
        "trace": received.cause.traceparent,
    }
    await wishes.state_wishes([wish])
