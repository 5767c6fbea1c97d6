"""Evidence: the media of what is before a person, or about to be hidden, are kept before the verdict is stated.

Each brand has a line of its own, so that hosts that are silent to one brand hold up no other's evidence and hides.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.moderation.domain.case import file_of
from services.moderation.domain.raster import shown_type
from services.moderation.domain.statements import judged, opened
from services.moderation.settings import Settings
from services.moderation.store import causes
from services.moderation.store.cases import Cases
from services.moderation.store.decision import state_decision
from services.moderation.store.interactions import Interactions
from shared.egress import Egress
from shared.egress_answer import Response
from shared.errors import Duplicate, EgressRefused, NotFound, NotSent, OutcomeUnknown
from shared.in_flight import InFlight
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

Row = dict[str, Any]
MOST_BYTES = 10_000_000
MOST_MEDIA = 10
SHORTEST = 0.2  # of `media_seconds`, for a case whose turn comes late: enough for a host that is well
SETTLING = timedelta(seconds=20)  # to store what was fetched, before others may think us dead


@dataclass(frozen=True, slots=True)
class MediaFetching:
    """Work documents are the cases themselves: those with `media_due`."""

    database: Database
    interactions: Interactions
    cases: Cases
    egress: Egress
    calls: InFlight
    settings: Settings

    async def fetch_one(self) -> bool:
        """Begin to fetch the media of one case, the oldest that has room; whether there was one."""
        full = self.calls.full()
        if full.all:
            return False
        now, lease = await self.database.now(), timedelta(seconds=self.settings.media_seconds) + SETTLING
        case = await self.cases.next_media(now, lease, [*full.networks, *full.channels], self.settings.instance)
        if case is None:
            return False
        seconds = time_for(case, now, self.settings.media_seconds)
        self.calls.spawn((case["brand_id"], case["brand_id"]), self._fetch(case, seconds))
        return True

    async def _fetch(self, case: Row, seconds: float) -> None:
        """Fetch the media of a case, and state what waited for them."""
        wanted = [
            (kept["evidence_id"], place, one)
            for kept in case["evidence"]
            for place, one in enumerate(kept["media"])
            if one["state"] == "wanted"
        ]
        found = await asyncio.gather(*(self._one(case["brand_id"], *one, seconds) for one in wanted))
        answers = {(evidence, place): answer for (evidence, place, _), answer in zip(wanted, found, strict=True)}
        await self._settle(case, answers)

    async def _one(self, brand_id: str, evidence_id: str, place: int, media: Row, seconds: float) -> Row:
        """What became of one medium: kept with its hash, or not obtained and why."""
        if place >= MOST_MEDIA:
            return {"state": "missing", "why": f"only the first {MOST_MEDIA} are kept"}
        try:
            answer = await self.egress.request("GET", media["url"], timeout=seconds, max_bytes=MOST_BYTES, redirects=3)
        except (NotSent, OutcomeUnknown, EgressRefused, ValueError) as error:
            return {"state": "missing", "why": f"media not obtained: {error}"}
        if answer.status != 200:
            return {"state": "missing", "why": f"media not obtained: the host answered {answer.status}"}
        return await self._keep(brand_id, file_of(evidence_id, place), media["url"], answer)

    async def _keep(self, brand_id: str, file_id: str, name: str, answer: Response) -> Row:
        """What is kept: the first that was stored, which a host may answer otherwise when it is asked again."""
        digest, kind = hashlib.sha256(answer.body).hexdigest(), answer.headers.get("content-type", "")
        about = {"sha256": digest, "content_type": kind, "picture": shown_type(answer.body)}
        size = len(answer.body)
        try:
            await self.database.files.put(brand_id, name, answer.body, about, file_id=file_id)
        except Duplicate:
            stored = await self.database.files.about(brand_id, file_id)
            about, size = stored.metadata, stored.length
        return {"state": "kept", "file_id": file_id, "size": size, **about}

    async def _settle(self, case: Row, answers: dict[tuple[str, int], Row]) -> None:
        async def work(tx: Transaction) -> bool:
            row = await self.interactions.get(case["brand_id"], case["interaction_id"], tx=tx)
            fresh = await self.cases.get(case["brand_id"], case["_id"], tx=tx)
            if fresh is None:
                return False
            free = {"media_after": now, "media_by": ""}
            if fresh["media_due"] is None:  # closed meanwhile
                await self.cases.change(fresh, free, tx=tx)
                return True
            evidence = [_answered(kept, answers) for kept in fresh["evidence"]]
            more = any(one["state"] == "wanted" for kept in evidence for one in kept["media"])
            update = free | {"evidence": evidence} | ({} if more else {"media_due": None})
            fresh = await self.cases.change(fresh, update, tx=tx)
            if row is not None and not more:
                await self._state(tx, row, fresh, now)
            return True

        now = await self.database.now()
        if not await self.database.transact(work):  # its author was erased meanwhile
            await self._discard(case["brand_id"], [one["file_id"] for one in answers.values() if "file_id" in one])

    async def _discard(self, brand_id: str, files: Sequence[str]) -> None:
        for file_id in files:
            with suppress(NotFound):
                await self.database.files.delete(brand_id, file_id)

    async def _state(self, tx: Transaction, row: Row, case: Row, now: datetime) -> None:
        """The verdict and the decision that waited for this evidence."""
        verdict = row.get("verdict")
        if verdict and verdict["waiting"]:
            done = {"verdict": verdict | {"waiting": False}}
            await self.interactions.change(row, done, tx=tx)
            for event in (judged(row | done), opened(row | done)):
                if event is not None:
                    tx.emit(causes.emit(event, row["cause"], now))
        if case["state"] == "deciding" and not case["stated"]:
            await state_decision(self.cases, tx, case, now, max(now, case["leaves_at"]))


def time_for(case: Row, now: datetime, media_seconds: float) -> float:
    """Seconds for the media of a case whose turn has come: until they are due, or a fair try where that is past."""
    due: datetime = case["media_due"]
    return max(SHORTEST * media_seconds, (due - now).total_seconds())


def _answered(kept: Row, answers: dict[tuple[str, int], Row]) -> Row:
    """The evidence with what became of its media; what is known of one already stays."""
    evidence_id = kept["evidence_id"]
    media = [
        one | answers.get((evidence_id, place), {}) if one["state"] == "wanted" else one
        for place, one in enumerate(kept["media"])
    ]
    return kept | {"media": media}
