"""A network did what was wished: the case says so."""

from services.moderation.store.cases import Cases
from shared.bus.envelope import Received
from shared.events.ids import derive
from shared.events.publisher.action_taken import ActionTaken

ABOUT_VISIBILITY = frozenset({"hide", "show", "delete"})


async def handle(received: Received[ActionTaken], cases: Cases) -> None:
    """Only what changes what others see concerns a case."""
    event = received.event
    if event.action in ABOUT_VISIBILITY:
        what = {"action": event.action, "result": event.result, "at": event.at, "number": [event.epoch, event.seq]}
        await cases.carried_out(event.brand_id, derive("case", event.interaction_id), what)
