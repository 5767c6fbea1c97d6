"""Says how complete and how healthy each channel is."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from services.ingest.domain.completeness import gaps
from services.ingest.store.objects import Objects
from services.ingest.store.polls import Poll, Polls
from shared.bus.envelope import Outgoing
from shared.errors import DeadlinePassed
from shared.events.console.channel_changed import ChannelChanged
from shared.events.ingest.channel_measured import ChannelMeasured, Gap
from shared.networks.capabilities import Polling, Webhooks
from shared.service import Floor

RESTS = 20  # times as long as a round took: measuring has at most a twentieth of the time
DAY = timedelta(hours=24)
log = structlog.get_logger()
SHORTEST_GAP = timedelta(seconds=60)


@dataclass(slots=True)
class Measurer:
    """What measuring needs. `measure_all` is the loop's work; an unchanged measure is not stated again."""

    floor: Floor
    networks: Mapping[str, Any]
    objects: Objects
    polls: Polls
    last: dict[str, ChannelMeasured] = field(default_factory=dict)
    rests_until: float = 0.0

    async def measure_all(self) -> None:
        """Measure every active channel that is read or calls us, more seldom where that takes long."""
        began = time.monotonic()
        if began < self.rests_until:
            return
        await self._round()
        self.rests_until = time.monotonic() + RESTS * (time.monotonic() - began)

    async def _round(self) -> None:
        channels = [
            one
            for one in self.floor.directory.channels()
            if one.status == "active" and isinstance(self.networks.get(one.network), Polling)
        ]
        polls = {poll.channel_id: poll for poll in await self.polls.all([one.channel_id for one in channels])}
        now = self.floor.clock()
        fresh = []
        for channel in channels:
            try:
                measured = await self._measure(channel, polls.get(channel.channel_id), now)
            except DeadlinePassed:
                log.warning("not_measured", channel_id=channel.channel_id, brand_id=channel.brand_id)
                continue
            if self._differs(measured):
                fresh.append(measured)
        await self.floor.producer.send([Outgoing.first(one, now=now) for one in fresh])
        self.last |= {one.channel_id: one for one in fresh}

    def _differs(self, measured: ChannelMeasured) -> bool:
        last = self.last.get(measured.channel_id)
        return last is None or last.model_copy(update={"measured_at": measured.measured_at}) != measured

    async def _measure(self, channel: ChannelChanged, poll: Poll | None, now: datetime) -> ChannelMeasured:
        counts = await self.objects.arrivals(channel.brand_id, channel.channel_id, now - DAY, now)
        by_design = not isinstance(self.networks[channel.network], Webhooks)
        if by_design:  # no webhook is waited for
            counts = counts | {"poll_only": counts["poll_only"] + counts["pending"], "pending": 0}
        measured = ChannelMeasured(
            brand_id=channel.brand_id,
            channel_id=channel.channel_id,
            network=channel.network,
            measured_at=now,
            by_design=by_design,
            bound=channel_bound(self.networks[channel.network]),
            **counts,
        )
        return measured if poll is None else await self._with_poll(measured, channel, poll, now)

    async def _with_poll(
        self, measured: ChannelMeasured, channel: ChannelChanged, poll: Poll, now: datetime
    ) -> ChannelMeasured:
        since = max(_ten_minutes(now - DAY), channel.connected_at)
        until = poll.last_poll_at or since
        missing = 0
        if poll.total is not None and poll.backfill_finished:
            missing = max(0, poll.total - await self.objects.count(channel.brand_id, channel.channel_id))
        spans = [
            Gap(start=start, end=end) for start, end in gaps(poll.covered, since, until) if end - start >= SHORTEST_GAP
        ]
        return measured.model_copy(
            update={
                "gaps": spans,
                "missing": missing,
                "backfill_done": poll.backfill_done,
                "backfill_total": poll.backfill_total,
                "backfill_finished": poll.backfill_finished,
                "token": poll.token,
                "last_poll_at": poll.last_poll_at,
                "problem": poll.problem,
                "codes": dict(poll.codes),
            }
        )


def _ten_minutes(moment: datetime) -> datetime:
    """In steps, so that a gap at the beginning of the day before does not make every measure another."""
    return moment.replace(minute=moment.minute // 10 * 10, second=0, microsecond=0)


def channel_bound(network: Any) -> str:
    """How far back edits and deletions are looked for, in words; empty for a network that is not read."""
    return str(getattr(network, "rescan_bound", "")) if isinstance(network, Polling) else ""
