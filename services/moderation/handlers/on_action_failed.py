"""A network refused what was wished: the case says why."""

from collections.abc import Sequence

from services.moderation.store.cases import Cases
from shared.bus.envelope import Received
from shared.events.ids import derive
from shared.events.publisher.action_failed import ActionFailed

ABOUT_VISIBILITY = frozenset({"hide", "show", "delete"})


async def handle_batch(batch: Sequence[Received[ActionFailed]], cases: Cases) -> None:
    """Only what changes what others see concerns a case."""
    events = [one.event for one in batch if one.event.action in ABOUT_VISIBILITY]
    await cases.carried_out([(event.brand_id, derive("case", event.interaction_id), _note(event)) for event in events])


def _note(event: ActionFailed) -> dict[str, object]:
    told = {"action": event.action, "result": "failed", "why": event.why, "code": event.code, "at": event.at}
    return told | {"number": [event.epoch, event.seq]}
