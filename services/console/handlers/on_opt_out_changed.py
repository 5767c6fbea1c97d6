"""A person is in no audience any more, or may be again."""

from collections.abc import Sequence

from services.console.store.people import People
from shared.bus.envelope import Received
from shared.events.campaigns.opt_out_changed import OptOutChanged


async def handle_batch(batch: Sequence[Received[OptOutChanged]], people: People) -> None:
    """Keeps the newest word on each."""
    await people.fold_opt_outs([received.event for received in batch])
