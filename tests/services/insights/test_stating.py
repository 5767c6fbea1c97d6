"""What is counted is told: full values, once a look, with a number that only rises; and one signal a crisis."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.insights.app import handlers
from services.insights.loops.state_hours import HoursStating
from services.insights.loops.state_people import PeopleStating
from services.insights.loops.watch_mood import MoodWatching
from services.insights.store.series import Series
from services.insights.store.signals import Signals
from shared.bus.envelope import Outgoing, Received, decode_headers, encode
from shared.events.catalogue import by_type
from shared.events.event import Event
from shared.events.ids import derive
from shared.events.insights.crisis_suspected import CrisisSuspected
from shared.events.insights.hour_counted import HourCounted
from shared.events.insights.parts import CrisisFact
from shared.events.insights.person_changed import PersonChanged
from tests.services.insights.conftest import Insights
from tests.services.insights.town import T0, judged, own_answer, said


class Told:
    """All that was put in the outbox of one insights."""

    def __init__(self, insights: Insights) -> None:
        self.insights = insights
        self.events: list[Any] = []
        made = insights.resources
        made.floor.database.outbox.on_commit(self._listen)
        self.by_class = {one.event_class: one for one in handlers(made)}
        self.hours = HoursStating(made.series, made.epochs)
        self.people = PeopleStating(made.profiles, made.interactions, made.epochs)

    async def hears(self, *events: Event) -> None:
        """Hand events over as the consumer does, each in its transaction."""
        for offset, event in enumerate(events):
            headers = dict(encode(Outgoing.first(event, now=T0), "/test").headers)
            cause = decode_headers(headers, topic=event.TOPIC.name, partition=offset % 3, offset=offset, timestamp_ms=0)
            batch = [Received(event, cause)]
            handler = self.by_class[type(event)]
            await self.insights.resources.floor.database.transact(
                lambda tx, batch=batch, handler=handler: handler.call(batch, tx)
            )

    def of(self, *kinds: type[Event]) -> list[Any]:
        """Those of these classes."""
        return [event for event in self.events if isinstance(event, kinds)]

    def _listen(self, rows: Sequence[Any]) -> None:
        kinds = by_type()
        self.events += [kinds[dict(row.message.headers)["ce_type"].decode()].read(row.message.value) for row in rows]


@pytest.fixture
def told(insights: Insights) -> Told:
    """A listener."""
    return Told(insights)


async def test_an_hour_is_told_with_full_values_and_a_rising_number(told: Told, brand_id: str) -> None:
    """Looks between which nothing changed tell nothing."""
    first, second = said(brand_id, 1), said(brand_id, 2)
    await told.hears(first, judged(first, "negative"))
    await told.hours.state_changed()
    await told.hours.state_changed()
    await told.hears(second, own_answer(first, T0 + timedelta(minutes=3)))
    await told.hours.state_changed()
    before, after = told.of(HourCounted)
    assert (before.said, before.moods, before.answered) == (1, {"negative": 1}, 0)
    assert (after.said, after.own, after.answered, after.answered_within) == (2, 1, 1, {"5": 1})
    assert after.seq > before.seq


async def test_a_person_is_told_once_however_much_they_said(told: Told, brand_id: str) -> None:
    """Seven interactions between two looks are one event, with the newest name."""
    for number in range(7, 50, 7):
        await told.hears(said(brand_id, number, T0 + timedelta(minutes=number)))
    await told.people.state_changed()
    await told.people.state_changed()
    (person,) = told.of(PersonChanged)
    assert (person.said, person.name, person.languages) == (7, "Person 0", {"fr": 7})
    assert person.last_seen_at - person.first_seen_at == timedelta(minutes=42)


async def test_a_storm_raises_one_signal_and_it_eases(told: Told, brand_id: str) -> None:
    """Thirty angry comments of seven people: suspected once, however often one looks; then over, once."""
    made = told.insights.resources
    database, directory = made.floor.database, made.floor.directory
    now = await database.now()

    def watching(**settings: float) -> MoodWatching:
        quick = made.settings.model_copy(update={"window_seconds": 600.0, "ease_seconds": 0.0} | settings)
        return MoodWatching(database, Series(database), Signals(database), directory, made.epochs, quick)

    for number in range(30):
        angry = said(brand_id, number, now - timedelta(seconds=number))
        await told.hears(angry, judged(angry, "negative"))
    await told.hours.state_changed()
    for _ in range(3):
        await watching().look()
    (suspected,) = told.of(CrisisFact)
    assert (type(suspected).__name__, suspected.negative, suspected.authors) == ("CrisisSuspected", 30, 7)
    assert suspected.learning
    assert sum(thread.negative for thread in suspected.threads) == 18
    for _ in range(3):
        await watching(window_seconds=0.001).look()
    eased = told.of(CrisisFact)[1:]
    assert [(type(one).__name__, one.signal_id, one.seq) for one in eased] == [("CrisisEased", suspected.signal_id, 2)]


async def test_a_crisis_that_a_restore_made_it_forget_is_watched_until_it_eases(told: Told, brand_id: str) -> None:
    """It is told to be over under its own name; what is known already changes nothing."""
    made = told.insights.resources
    database, signals = made.floor.database, Signals(made.floor.database)
    suspected = CrisisSuspected.example().model_copy(update={"brand_id": brand_id, "seq": 5})
    for _ in range(2):
        await signals.recall([suspected], 1)
    quick = made.settings.model_copy(update={"ease_seconds": 0.0})
    watching = MoodWatching(database, Series(database), signals, made.floor.directory, made.epochs, quick)
    assert brand_id in await signals.suspected()
    for _ in range(3):
        await watching.look()
    (eased,) = told.of(CrisisFact)
    assert (type(eased).__name__, eased.signal_id, eased.seq) == ("CrisisEased", derive("crisis", brand_id, 5), 6)
    await signals.recall([suspected], 2)
    assert await signals.suspected() == []


async def test_backfill_and_single_voices_raise_nothing(told: Told, brand_id: str) -> None:
    """Old anger that is read late, and one person's fury, are no crisis."""
    made, now = told.insights.resources, await told.insights.resources.floor.database.now()
    for number in range(20):
        old, same = said(brand_id, number, now, backfill=True), said(brand_id, 700 + number * 7, now)
        await told.hears(old, judged(old, "negative"), same, judged(same, "negative"))
    await told.hours.state_changed()
    database = made.floor.database
    watching = MoodWatching(
        database, Series(database), Signals(database), made.floor.directory, made.epochs, made.settings
    )
    await watching.look()
    assert told.of(CrisisFact) == []
