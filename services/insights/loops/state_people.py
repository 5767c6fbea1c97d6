"""People of whom more is known are stated with their whole profile, each at most once a look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.insights.domain.statements import person_changed
from services.insights.store.interactions import Interactions
from services.insights.store.stated import AT_ONCE, Stated
from services.insights.store.sums import Sum
from shared.epochs import Epochs
from shared.events.insights.person_changed import PersonChanged

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PeopleStating:
    """`PersonChanged`, through the outbox."""

    profiles: Stated
    interactions: Interactions
    epochs: Epochs

    async def state_changed(self) -> None:
        """State each person who said more since the last look."""
        changed, now = await self.profiles.changed()
        epoch = await self.epochs.recent()
        for begin in range(0, len(changed), AT_ONCE):
            pairs = await self.profiles.unstated(changed[begin : begin + AT_ONCE])
            if pairs:
                newest = await self._newest(pairs)

                def say(one: Sum, newest: Mapping[str, Mapping[str, Any]] = newest) -> PersonChanged:
                    about = {"brand_id": one.brand_id, "person_id": one.about["person_id"]}
                    number, seen = (epoch, one.changes), (one.first_at, one.last_at)
                    return person_changed(about, one.words, seen, number, newest.get(one.key))

                await self.profiles.state(pairs, say, now)
        await self.profiles.done(now)

    async def _newest(self, pairs: Pairs) -> dict[str, Mapping[str, Any]]:
        """The newest interaction of each: how they are called now."""
        people = [(brand, key.removeprefix(f"{brand}|")) for brand, key in pairs]
        return await self.interactions.newest_of(people)
