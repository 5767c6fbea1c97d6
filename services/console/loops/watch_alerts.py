"""Finds what no event tells: promises broken, cases nobody takes, brakes, stuck messages. Alone, under a lease."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.console.domain.alerts import OLDEST, PLATFORM, cause_of
from services.console.store.alert_causes import Causes
from services.console.store.directory import DirectoryStore
from services.console.store.health import Health
from services.console.store.standing import Standing
from shared.mongo.operations import Document

OVERLAP = timedelta(minutes=2)  # what was folded while the last look went on; found twice, it is one cause
Troubles = dict[str, tuple[str, dict[str, Any]]]


class Watcher:
    """`look` is the loop's work."""

    def __init__(
        self,
        causes: Causes,
        standing: Standing,
        directory: DirectoryStore,
        health: Health,
        age: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._causes = causes
        self._standing = standing
        self._directory = directory
        self._health = health
        self._age = age
        self._clock = clock

    async def look(self) -> None:
        """From where the last look ended, a day back at most."""
        now = self._clock()
        since = await self._causes.looked_until()
        since = max(since - OVERLAP, now - OLDEST) if since else now - OVERLAP
        brands = [brand["_id"] for brand in await self._directory.all_brands() if brand.get("active", True)]
        found = _together("late", await self._standing.late(brands, since, now))
        found += _together("case", await self._standing.untaken(brands, self._age, since, now))
        found += await self._held_up(now)
        if found:
            await self._causes.put(found, now)
        await self._causes.look_done(now)

    async def _held_up(self, now: datetime) -> list[Document]:
        """One cause each time that a brake is pulled or a brand's messages are stuck, however long it stays so."""
        services = await self._health.all()
        troubles = _brakes(services) | _stuck(services)
        since = await self._standing.going_on(list(troubles), now)
        return [
            cause_of(kind, PLATFORM, thing, since[thing].isoformat(), since[thing], facts)
            for thing, (kind, facts) in troubles.items()
        ]


def _together(kind: str, rows: Sequence[Document]) -> list[Document]:
    """One cause a brand and quarter of an hour."""
    return [
        cause_of(
            kind,
            row["_id"]["brand"],
            kind,
            row["_id"]["quarter"].isoformat(),
            row["first"],
            {"count": row["count"]},
        )
        for row in rows
    ]


def _brakes(services: Sequence[Document]) -> Troubles:
    """What holds up consumers now, by a name of its own; a service that is away keeps what it told last."""
    return {
        f"{service['_id']}:{consumer['group']}:{topic}": ("brake", {"service": service["_id"], "topic": topic})
        for service in services
        for consumer in (service.get("told") or {}).get("consumers") or ()
        for topic, state in consumer["topics"].items()
        if state.get("braked")
    }


def _stuck(services: Sequence[Document]) -> Troubles:
    """Whose messages are set aside while all others are handled; a topic that is braked is told of as such."""
    found: Troubles = {}
    braked = {(facts["service"], facts["topic"]) for _, facts in _brakes(services).values()}
    for service in services:
        for one in (service.get("told") or {}).get("stuck") or ():
            if (service["_id"], one["topic"]) in braked:
                continue
            thing = f"{service['_id']}:of:{one['brand_id']}"
            so_far = found[thing][1]["count"] if thing in found else 0
            facts = {"service": service["_id"], "about": one["brand_id"], "count": so_far + one["count"]}
            found[thing] = ("parked", facts)
    return found
