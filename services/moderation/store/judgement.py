"""A batch of revisions is judged: read what is known, judge, store the verdicts and the cases, then state them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.moderation.domain import case as cases_rules
from services.moderation.domain.judge.seat import Judge, Opinion, Question
from services.moderation.domain.policy.compiled import Policy
from services.moderation.domain.policy.variables import Background, facts
from services.moderation.domain.remembering import as_stored, echo_key, number, row_of
from services.moderation.domain.statements import judged, opened
from services.moderation.domain.verdict import Court, Standing, reach
from services.moderation.domain.wish import RULE, hidden_after
from services.moderation.settings import Settings
from services.moderation.store import causes
from services.moderation.store.authors import Authors
from services.moderation.store.cases import Cases
from services.moderation.store.interactions import Interactions
from services.moderation.store.policies import HouseRules
from services.moderation.store.revision import Revision, Revisions
from services.moderation.store.tallies import Tallies
from shared.bus.envelope import Outgoing, Received
from shared.directory import Directory
from shared.epochs import Epochs
from shared.errors import Retry, UnknownOwner
from shared.events.console.brand_changed import BrandChanged
from shared.events.ingest.parts import InteractionText

Row = dict[str, Any]
Text = Received[Any]
TRIES = 4


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knew before the batch."""

    rows: Mapping[str, Row]
    echoes: Mapping[str, int]
    spoken: Mapping[str, int]
    strikes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Order-free and idempotent: a revision is judged once, and the same event is stated again from what was stored."""

    judge: Judge
    interactions: Interactions
    cases: Cases
    authors: Authors
    house_rules: HouseRules
    revisions: Revisions
    directory: Directory
    epochs: Epochs
    settings: Settings
    tallies: Tallies = field(default_factory=Tallies)

    async def of(self, batch: Sequence[Text], *, first: bool = False) -> list[Outgoing]:
        """Judge each revision that is news, and state the verdicts on all that are current.

        `first` texts are looked up only where one turns out to be known.
        """
        brands = {received.event.brand_id: self._brand(received.event.brand_id) for received in batch}
        waiting, outputs = list(_newest(batch).values()), list[Outgoing]()
        for tries in range(TRIES):
            done, waiting = await self._round(waiting, brands, look_up=tries > 0 or not first)
            outputs += done
            if not waiting:
                return outputs
        raise Retry(1, "an interaction kept changing while it was judged")

    def _brand(self, brand_id: str) -> BrandChanged:
        brand = self.directory.brand(brand_id)
        if brand is None:
            raise UnknownOwner("brand", brand_id)
        return brand

    async def _round(
        self, batch: Sequence[Text], brands: Mapping[str, BrandChanged], *, look_up: bool
    ) -> tuple[list[Outgoing], list[Text]]:
        """One try at each; what changed meanwhile is returned for another."""
        ids = [one.event.interaction_id for one in batch] if look_up else []
        known = await self.interactions.known(list(brands), ids)
        outputs: list[Outgoing] = []
        fresh: list[Text] = []
        for received in batch:
            row = known.get(received.event.interaction_id)
            if row is None or ("deleted_at" not in row and number(row) < number_of(received.event)):
                fresh.append(received)
            elif number(row) == number_of(received.event):
                outputs += await self._again(received, row)
        if not fresh:
            return outputs, []
        judged_now, again = await self._judge(fresh, brands, known)
        return outputs + judged_now, again

    async def _again(self, received: Text, row: Row) -> list[Outgoing]:
        """A redelivery: make sure that what should be stored is, and state the same again."""
        verdict = row.get("verdict")
        if not verdict or "deleted_at" in row:
            return []
        if verdict["keeps"]:
            await self.cases.open([await self._case(row)])
        return [] if verdict["waiting"] else _stated(received, row)

    async def _judge(
        self, fresh: Sequence[Text], brands: Mapping[str, BrandChanged], rows: Mapping[str, Row]
    ) -> tuple[list[Outgoing], list[Text]]:
        opinions = self.judge.judge([_question(one.event, brands[one.event.brand_id]) for one in fresh])
        known = await self._background(fresh, opinions, list(brands), rows)
        news, seen = [], Counter[str]()
        for received, opinion in zip(fresh, opinions, strict=True):
            said, before = received.event, rows.get(received.event.interaction_id)
            brand = brands[said.brand_id]
            policy = self.house_rules.of(brand.brand_id, brand.agency_id)
            echo = echo_key(said, opinion.folded)
            ruling = policy.rule_on(facts(said, opinion, _background_of(said, echo, known, seen)))
            court = self._court(received, policy, brand)
            revision = Revision(received, row_of(said, echo), opinion, ruling, court)
            if before and before.get("cased"):
                await self.revisions.revise(revision)
            else:
                news.append((received, _first_row(revision, before), before))
        return await self._store(news)

    def _court(self, received: Text, policy: Policy, brand: BrandChanged) -> Court:
        return Court(self.judge.name, policy.version, brand.shows_held, as_stored(received.read_at), self.epochs.value)

    async def _store(self, news: Sequence[tuple[Text, Row, Row | None]]) -> tuple[list[Outgoing], list[Text]]:
        """Verdicts first, then cases with their evidence; only then may anything be stated."""
        lost = set(await self.interactions.write([(row, before) for _, row, before in news]))
        kept = [(received, row) for place, (received, row, _) in enumerate(news) if place not in lost]
        await self.cases.open([await self._case(row) for _, row in kept if row["verdict"]["keeps"]])
        outputs = [
            stated for received, row in kept if not row["verdict"]["waiting"] for stated in _stated(received, row)
        ]
        return outputs, [news[place][0] for place in sorted(lost)]

    async def _case(self, row: Row) -> Row:
        """The case with its evidence; its media are due soon, by the database's clock."""
        case = cases_rules.of_verdict(row)
        return case | await self.cases.media_wanted(case, self.settings.media_seconds)

    async def _background(
        self, fresh: Sequence[Text], opinions: Sequence[Opinion], brands: Sequence[str], rows: Mapping[str, Row]
    ) -> Known:
        since = min(one.event.seen_at for one in fresh) - timedelta(seconds=self.settings.repeat_seconds)
        echoes = {echo_key(one.event, opinion.folded) for one, opinion in zip(fresh, opinions, strict=True)}
        authors = list({one.event.author.id for one in fresh})
        strikes_since = fresh[0].read_at - timedelta(days=self.settings.strike_days)
        now, count = fresh[0].read_at, self.interactions
        keys = [key for key in echoes if key]
        return Known(
            rows,
            await self.tallies.of(keys, lambda wanted: count.echoes(brands, wanted, since), now),
            await self.tallies.of(authors, lambda wanted: count.spoken(brands, wanted), now),
            await self.authors.strikes(brands, authors, strikes_since),
        )


def _first_row(revision: Revision, before: Row | None) -> Row:
    """The row of what has no case yet."""
    said, hidden_by = revision.received.event, (before or {}).get("hidden_by", "")
    verdict = reach(said, revision.opinion, revision.ruling, Standing(hidden_by), revision.court)
    row = {"_id": said.interaction_id, "brand_id": said.brand_id} | revision.kept | {"verdict": verdict}
    row |= {"hidden_by": hidden_after(verdict["wish"], RULE, hidden_by), "cased": verdict["keeps"]}
    row |= {"cause": causes.of(revision.received) if verdict["waiting"] else None}
    if before is None or before.get("sight", -1) < said.sighting:
        row |= {"sight": said.sighting, "visibility": said.visibility}
    return row


def number_of(said: InteractionText) -> tuple[int, int]:
    """(epoch, revision)."""
    return (said.epoch, said.revision)


def _newest(batch: Sequence[Text]) -> dict[str, Text]:
    """Of several revisions of one interaction the newest; the others are past."""
    newest: dict[str, Text] = {}
    for received in batch:
        known = newest.get(received.event.interaction_id)
        if known is None or number_of(known.event) < number_of(received.event):
            newest[received.event.interaction_id] = received
    return newest


def _question(said: InteractionText, brand: BrandChanged) -> Question:
    return Question(said.text, (said.language,) if said.language else tuple(brand.languages))


def _background_of(said: InteractionText, echo: str | None, known: Known, seen: Counter[str]) -> Background:
    """Counts of the store and of this batch, without the interaction's own earlier revision."""
    own = known.rows.get(said.interaction_id, {})
    repeated = known.echoes.get(echo or "", 0) + seen[echo or ""] - (1 if echo and own.get("echo") == echo else 0)
    spoken = known.spoken.get(said.author.id, 0) + seen[said.author.id] - (1 if own.get("author") else 0)
    if echo:
        seen[echo] += 1
    seen[said.author.id] += 1
    return Background(max(0, repeated) if echo else 0, max(0, spoken), known.strikes.get(said.author.id, 0))


def _stated(received: Text, row: Row) -> list[Outgoing]:
    case = opened(row)
    return [received.emit(judged(row, received.event)), *([received.emit(case)] if case else [])]
