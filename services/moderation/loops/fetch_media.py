"""Evidence: the media of what is before a person, or about to be hidden, are kept before the verdict is stated."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.moderation.domain.raster import shown_type
from services.moderation.domain.statements import judged, opened
from services.moderation.store import causes
from services.moderation.store.cases import Cases
from services.moderation.store.decision import state_decision
from services.moderation.store.interactions import Interactions
from shared.egress import Egress
from shared.errors import Duplicate, EgressRefused, NotSent, OutcomeUnknown
from shared.events.ids import derive
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

Row = dict[str, Any]
MOST_BYTES = 10_000_000
MOST_MEDIA = 10
SHORTEST = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class MediaFetching:
    """Work documents are the cases themselves: those with `media_due`."""

    database: Database
    interactions: Interactions
    cases: Cases
    egress: Egress

    async def fetch_one(self) -> bool:
        """Fetch the media of one case, and state what waited for them; whether there was one."""
        now = await self.database.now()
        case = await self.cases.next_media(now)
        if case is None:
            return False
        seconds = max(SHORTEST, (case["media_due"] - now).total_seconds())
        wanted = [
            (kept["evidence_id"], place, one)
            for kept in case["evidence"]
            for place, one in enumerate(kept["media"])
            if one["state"] == "wanted"
        ]
        found = await asyncio.gather(*(self._one(case["brand_id"], *one, seconds) for one in wanted))
        answers = {(evidence, place): answer for (evidence, place, _), answer in zip(wanted, found, strict=True)}
        await self._settle(case, answers)
        return True

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
        digest = hashlib.sha256(answer.body).hexdigest()
        file_id = derive("media", evidence_id, place)
        kind = answer.headers.get("content-type", "")
        await self._keep(brand_id, file_id, media["url"], answer.body, {"sha256": digest, "content_type": kind})
        kept = {"state": "kept", "file_id": file_id, "sha256": digest, "size": len(answer.body)}
        return kept | {"content_type": kind, "picture": shown_type(answer.body)}

    async def _keep(self, brand_id: str, file_id: str, name: str, body: bytes, about: Row) -> None:
        try:
            await self.database.files.put(brand_id, name, body, about, file_id=file_id)
        except Duplicate:
            return  # an earlier try got as far as this

    async def _settle(self, case: Row, answers: dict[tuple[str, int], Row]) -> None:
        async def work(tx: Transaction) -> None:
            row = await self.interactions.get(case["brand_id"], case["interaction_id"], tx=tx)
            fresh = await self.cases.get(case["brand_id"], case["_id"], tx=tx)
            if fresh is None or fresh["media_due"] is None:
                return
            evidence = [_answered(kept, answers) for kept in fresh["evidence"]]
            more = any(one["state"] == "wanted" for kept in evidence for one in kept["media"])
            update = {"evidence": evidence} | ({"media_after": now} if more else {"media_due": None})
            fresh = await self.cases.change(fresh, update, tx=tx)
            if row is not None and not more:
                await self._state(tx, row, fresh, now)

        now = await self.database.now()
        await self.database.transact(work)

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


def _answered(kept: Row, answers: dict[tuple[str, int], Row]) -> Row:
    media = [one | answers.get((kept["evidence_id"], place), {}) for place, one in enumerate(kept["media"])]
    return kept | {"media": media}
