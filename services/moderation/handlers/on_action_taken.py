"""A network did what was wished: the case says so."""

from collections.abc import Sequence

from services.moderation.store.cases import Cases
from shared.bus.envelope import Received
from shared.events.ids import derive
from shared.events.publisher.action_taken import ActionTaken

ABOUT_VISIBILITY = frozenset({"hide", "show", "delete"})


async def handle_batch(batch: Sequence[Received[ActionTaken]], cases: Cases) -> None:
    """Only what changes what others see concerns a case."""
    events = [one.event for one in batch if one.event.action in ABOUT_VISIBILITY]
    await cases.carried_out([(event.brand_id, derive("case", event.interaction_id), _note(event)) for event in events])


def _note(event: ActionTaken) -> dict[str, object]:
    return {"action": event.action, "result": event.result, "at": event.at, "number": [event.epoch, event.seq]}
