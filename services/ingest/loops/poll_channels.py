"""Reads the channels that are due: what webhooks missed, edits, deletions, and what was said before we came."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from services.ingest.domain import reading, receipt
from services.ingest.loops.read_codes import read_codes
from services.ingest.settings import Settings
from services.ingest.store.objects import Objects
from services.ingest.store.polls import Poll, Polls
from services.ingest.store.rereads import Rereads
from shared.bus.envelope import Outgoing
from shared.errors import EgressRefused, NotSent, OutcomeUnknown, Unavailable
from shared.events.console.channel_changed import ChannelChanged
from shared.events.ids import interaction_id
from shared.in_flight import InFlight
from shared.networks.accounts import account_of
from shared.networks.capabilities import Gone, Page, Polling, RateLimited, RawChange, Refused, Sighting, TokenLost
from shared.service import Floor
from shared.telemetry import span

log = structlog.get_logger()
TROUBLE = (Refused, Gone, NotSent, OutcomeUnknown, EgressRefused)
POLL_SECONDS = 90.0  # under the lease, which leaves time to store what was seen
MOST_UNREADABLE = 10_000


@dataclass(slots=True)
class Reader:
    """What polling needs. `poll_due` is the loop's work. `expected`: the tokens whose rows are known to be there.

    `unreadable` remembers what went raw although nobody here can read it: once a process is enough.
    """

    floor: Floor
    settings: Settings
    networks: Mapping[str, Any]
    objects: Objects
    polls: Polls
    rereads: Rereads
    calls: InFlight
    expected: dict[str, tuple[int, int]] = field(default_factory=dict)
    unreadable: dict[str, None] = field(default_factory=dict)

    async def poll_due(self) -> bool:
        """Start the readings that are due and have room; whether more may be due that have room too."""
        channels = {
            channel.channel_id: channel
            for channel in self.floor.directory.channels()
            if channel.status == "active" and isinstance(self.networks.get(channel.network), Polling)
        }
        await self._expect(channels)
        full = self.calls.full()
        open_ids = [
            one.channel_id
            for one in channels.values()
            if not full.all and one.network not in full.networks and one.channel_id not in full.channels
        ]
        due = await self.polls.due(open_ids, self.settings.polls_at_once) if open_ids else []
        room = self.calls.room([_line(channels[one.channel_id]) for one in due])
        chosen = [one for one, fits in zip(due, room, strict=True) if fits]
        for poll in await self.polls.claim(chosen, self.floor.new_id(), self.settings.instance):
            channel = channels[poll.channel_id]
            self.calls.spawn(_line(channel), self._read(poll, channel))
        return len(due) == self.settings.polls_at_once and bool(chosen)

    async def _expect(self, channels: Mapping[str, ChannelChanged]) -> None:
        tokens = {one.channel_id: (one.generation, one.renewal) for one in channels.values()}
        fresh = [channels[name] for name, token in tokens.items() if self.expected.get(name) != token]
        if fresh:
            await self.polls.expect(fresh)
        self.expected = tokens

    async def _read(self, poll: Poll, channel: ChannelChanged) -> None:
        began = self.floor.clock()
        try:
            with span("poll", attributes={"parvis.network": channel.network}):
                async with asyncio.timeout(POLL_SECONDS):
                    account = account_of(channel, self.floor.vault)
                    page: Page = await self.networks[channel.network].poll(account, poll.cursor)
                    await read_codes(self.networks[channel.network], account, poll, self.polls, began)
                await self._take(poll, channel, page, began)
        except Exception as error:  # whatever it answers is this channel's own trouble
            await self._ended_badly(poll, channel, error)

    async def _ended_badly(self, poll: Poll, channel: ChannelChanged, error: Exception) -> None:
        interval = self.settings.interval(channel.network)
        after = reading.pause(interval, poll.failures + 1)
        match error:
            case TokenLost():
                await self.polls.finish(poll, reading.LONGEST_PAUSE, token="lost", problem=str(error))  # noqa: S106
            case RateLimited():
                await self.polls.finish(poll, max(error.after, interval), problem=str(error))
            case Unavailable():
                await self.polls.finish(poll, interval)
            case _:
                problem = str(error) if isinstance(error, TROUBLE) else f"no usable answer ({type(error).__name__})"
                log.warning("poll_failed", channel_id=channel.channel_id, brand_id=channel.brand_id, why=repr(error))
                await self.polls.finish(poll, after, failures=poll.failures + 1, problem=problem)

    async def _take(self, poll: Poll, channel: ChannelChanged, page: Page, began: datetime) -> None:
        """Kafka has every change before the cursor moves."""
        changes = [one for one in page.changes if len(one.body) <= receipt.LARGEST_CHANGE]
        sightings, unread = self._sightings(channel, changes)
        seen = reading.seen_so_far(poll.carried, (_id(channel, external) for external in sightings))
        await self._reread_absent(channel, page, seen)
        fresh = [*unread, *await self._fresh(channel, changes, sightings)]
        events = receipt.events(
            receipt.Receipt(self.floor.new_id(), "poll", began),
            fresh,
            lambda change: channel,
            lambda change, known: reading.lane(change, sightings, known.connected_at),
        )
        await self.floor.producer.send([Outgoing.first(event, now=began) for event in events])
        self.unreadable |= {_digest(one): None for one in unread}
        too_large = len(page.changes) - len(changes)
        await self._finish(poll, channel, page, began, seen, f"{too_large} things are too large" if too_large else "")

    def _sightings(
        self, channel: ChannelChanged, changes: Sequence[RawChange]
    ) -> tuple[dict[str, Sighting], list[RawChange]]:
        """The changes of interest by the object's id; and those that cannot be read, to be judged downstream."""
        found: dict[str, Sighting] = {}
        unread: list[RawChange] = []
        for change in changes:
            try:
                sighting = self.networks[channel.network].normalise(change)
            except ValueError:
                unread.append(change)
                continue
            if sighting is not None:
                found[change.external_id] = sighting
        if len(self.unreadable) > MOST_UNREADABLE:
            self.unreadable.clear()
        return found, [one for one in unread if _digest(one) not in self.unreadable]

    async def _fresh(
        self, channel: ChannelChanged, changes: Sequence[RawChange], sightings: Mapping[str, Sighting]
    ) -> Sequence[RawChange]:
        ids = {external: _id(channel, external) for external in sightings}
        known = await self.objects.recall(dict.fromkeys(ids.values(), channel.brand_id))
        memories = {external: known[ours].memory for external, ours in ids.items() if ours in known}
        return [
            change
            for change in changes
            if change.external_id in sightings
            and reading.says_something_new(sightings[change.external_id], memories.get(change.external_id))
        ]

    async def _reread_absent(self, channel: ChannelChanged, page: Page, seen: Sequence[str] | None) -> None:
        """What stands in the span that is covered now and was on none of its pages: never a deletion by itself."""
        if page.covered_from is None or page.covered_until is None or seen is None:
            return
        marks, span_covered = set(seen), (page.covered_from, page.covered_until)
        async for part in self.objects.standing(channel.brand_id, channel.channel_id, span_covered):
            await self.rereads.ask([one for one in part if reading.mark(one.interaction_id) not in marks])

    async def _finish(
        self,
        poll: Poll,
        channel: ChannelChanged,
        page: Page,
        began: datetime,
        seen: Sequence[str] | None,
        problem: str,
    ) -> None:
        done = poll.backfill_done + (0 if poll.backfill_finished else len(page.changes))
        await self.polls.finish(
            poll,
            0 if page.more else self.settings.interval(channel.network),
            cursor=dict(page.cursor),
            covered=[list(span) for span in reading.covered(poll.covered, page, began)],
            carried=seen if page.covered_until is None else [],
            total=page.total,
            failures=0,
            problem=problem,
            token="ok",  # noqa: S106 - a state, not a secret
            last_poll_at=began,
            backfill_done=done,
            backfill_total=max(page.total or 0, done),
            backfill_finished=poll.backfill_finished or not page.more,
        )


def _line(channel: ChannelChanged) -> tuple[str, str]:
    return channel.network, channel.channel_id


def _id(channel: ChannelChanged, external: str) -> str:
    return interaction_id(channel.network, channel.channel_id, external)


def _digest(change: RawChange) -> str:
    return receipt.digest(change.body)
