"""First texts and verdicts on their way into the inbox: most come together, and are written once."""

from collections.abc import Sequence
from datetime import timedelta

from services.console.store import folding, shortcut
from services.console.store.inbox import Inbox
from shared.bus.lingering import Known
from shared.events.ingest.parts import InteractionText
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.mongo.database import Database

FirstText = tuple[InteractionText, timedelta, InteractionJudged | None]


class Arrivals:
    """One per process. `known`: the texts that came with their verdicts, so that their own messages tell nothing."""

    def __init__(self, database: Database, inbox: Inbox) -> None:
        self.known = Known()
        self._unjudged = Known()
        self._database = database
        self._items = database.brand("interactions")
        self._inbox = inbox

    async def receive(self, facts: Sequence[tuple[InteractionText, timedelta]]) -> None:
        """First texts that no verdict brought, each with how soon it is to be answered."""
        new = await self._put([(fact, promise, None) for fact, promise in facts])
        self._unjudged.add(facts[place][0].interaction_id for place in new)

    async def judge(self, judged: Sequence[tuple[InteractionJudged, timedelta]]) -> None:
        """Verdicts, each with how soon its text is to be answered."""
        texts = {
            place: (fact.first_text, promise, fact)
            for place, (fact, promise) in enumerate(judged)
            if fact.first_text and not self._unjudged.comes(fact.interaction_id)
        }
        new = await self._put(list(texts.values()))
        self.known.add(text.event_id() for text, _, _ in texts.values())
        written = {place for number, place in enumerate(texts) if number in new}
        await self._judge([fact for place, (fact, _) in enumerate(judged) if place not in written])

    async def _put(self, texts: Sequence[FirstText]) -> set[int]:
        """Write first texts, folding those whose items are there; the places of the others."""
        if not texts:
            return set()
        now = await self._database.now()
        written = await self._items.bulk([shortcut.first_text(*text, now) for text in texts])
        new = set(range(len(texts))).difference(written.duplicates)
        changes = [change for place in written.duplicates for change in folding.text_changes(*texts[place][:2])]
        changes += [change for place in new for change in folding.answers(texts[place][0])]
        await self._inbox.fold(changes)
        return new

    async def _judge(self, facts: Sequence[InteractionJudged]) -> None:
        """Verdicts on what is there already."""
        if not facts:
            return
        now = await self._database.now()
        short = {place: update for place, fact in enumerate(facts) if (update := shortcut.first_verdict(fact, now))}
        written = await self._items.bulk(list(short.values()))
        places = list(short)
        known = {places[duplicate] for duplicate in written.duplicates}
        left = [fact for place, fact in enumerate(facts) if place in known or place not in short]
        await self._inbox.fold([(folding.about(fact, fact.interaction_id), folding.verdict(fact)) for fact in left])
