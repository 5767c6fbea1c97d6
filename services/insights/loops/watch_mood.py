"""Looks at the brands that hear anger: where a crisis begins or is over, that is stated once."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.insights.domain.baseline import HISTORY, Usual, eldest, share_of_anger, usual
from services.insights.domain.crisis import FEWEST, Heard, Standing, step
from services.insights.domain.statements import crisis
from services.insights.settings import Settings
from services.insights.store.series import Series
from services.insights.store.signals import Signals
from shared.bus.envelope import Outgoing
from shared.directory import Directory
from shared.epochs import Epochs
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction


@dataclass(frozen=True, slots=True)
class MoodWatching:
    """`CrisisSuspected` and `CrisisEased`, through the outbox, with the brand's standing."""

    database: Database
    series: Series
    signals: Signals
    directory: Directory
    epochs: Epochs
    settings: Settings

    async def look(self) -> None:
        """At every brand that heard enough anger, or is in a crisis."""
        now = await self.database.now()
        begin = now - timedelta(seconds=self.settings.window_seconds)
        angry = await self.series.angry(begin.replace(minute=0, second=0, microsecond=0), FEWEST)
        for brand_id in sorted({*angry, *await self.signals.suspected()}):
            await self._look_at(brand_id, begin, now)

    async def _look_at(self, brand_id: str, begin: datetime, now: datetime) -> None:
        before, seq = await self.signals.get(brand_id)
        heard = await self.signals.heard(brand_id, begin)
        expected = await self._usual(brand_id, now) if before.suspected_at is None else Usual(0, 0, learning=False)
        settings = self.settings
        after = step(before, heard, expected, now, settings.window_seconds, settings.ease_seconds)
        if after != before:
            await self._keep(brand_id, (before, after), seq, heard, (begin, now))

    async def _keep(
        self,
        brand_id: str,
        standings: tuple[Standing, Standing],
        seq: int,
        heard: Heard,
        window: tuple[datetime, datetime],
    ) -> None:
        """The standing, and where it turned the fact, in one transaction; of two lookers one wins."""
        (before, after), (begin, now) = standings, window
        turned = (before.suspected_at is None) != (after.suspected_at is None)
        number = seq + 1 if turned else seq
        threads = await self.signals.hottest(brand_id, begin) if turned else []
        numbers = await self.epochs.recent(), number
        told = {**asdict(heard), "window_seconds": self.settings.window_seconds, "threads": threads, "at": now}

        async def work(tx: Transaction) -> None:
            if await self.signals.put(brand_id, after, number, seq, tx) and turned:
                tx.emit(Outgoing.first(crisis(brand_id, before, after, numbers, told), now=now))

        await self.database.transact(work)

    async def _usual(self, brand_id: str, now: datetime) -> Usual:
        hours, began = await self.series.hours(brand_id, eldest(now)), await self.series.began(brand_id)
        others = await self.series.sums(self._similar(brand_id), now - HISTORY)
        return usual(hours, began, share_of_anger(others.values()), now, self._zone(brand_id))

    def _similar(self, brand_id: str) -> list[str]:
        """The other brands of its agency that speak its first language."""
        own = self.directory.brand(brand_id)
        if own is None:
            return []
        alike = [one for one in self.directory.brands() if one.brand_id != brand_id and one.agency_id == own.agency_id]
        return [one.brand_id for one in alike if one.languages[:1] == own.languages[:1]]

    def _zone(self, brand_id: str) -> tzinfo:
        brand = self.directory.brand(brand_id)
        try:
            return ZoneInfo(brand.timezone if brand else "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")
