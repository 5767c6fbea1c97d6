"""Hours whose counters changed are stated with their full values, each at most once a look."""

from dataclasses import dataclass

from services.insights.domain.statements import hour_counted
from services.insights.store.stated import AT_ONCE, Stated
from services.insights.store.sums import Sum
from shared.epochs import Epochs
from shared.events.insights.hour_counted import HourCounted


@dataclass(frozen=True, slots=True)
class HoursStating:
    """`HourCounted`, through the outbox."""

    series: Stated
    epochs: Epochs

    async def state_changed(self) -> None:
        """State each hour that changed since the last look."""
        epoch = await self.epochs.recent()
        changed, now = await self.series.changed()

        def say(one: Sum) -> HourCounted:
            return hour_counted(one.brand_id, one.about, one.words, (epoch, one.changes))

        for begin in range(0, len(changed), AT_ONCE):
            pairs = await self.series.unstated(changed[begin : begin + AT_ONCE])
            if pairs:
                await self.series.state(pairs, say, now)
        await self.series.done(now)
