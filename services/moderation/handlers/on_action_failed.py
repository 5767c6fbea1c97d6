"""A network refused what was wished: the case says why."""

from services.moderation.store.cases import Cases
from shared.bus.envelope import Received
from shared.events.ids import derive
from shared.events.publisher.action_failed import ActionFailed

ABOUT_VISIBILITY = frozenset({"hide", "show", "delete"})


async def handle(received: Received[ActionFailed], cases: Cases) -> None:
    """Only what changes what others see concerns a case."""
    event = received.event
    if event.action in ABOUT_VISIBILITY:
        told = {"action": event.action, "result": "failed", "why": event.why, "code": event.code, "at": event.at}
        what = told | {"number": [event.epoch, event.seq]}
        await cases.carried_out(event.brand_id, derive("case", event.interaction_id), what)
