"""A new revision of what already has a case: verdict, case and a voided decision change in one transaction."""

from dataclasses import dataclass
from typing import Any

from services.moderation.domain import case as rules
from services.moderation.domain.judge.seat import Opinion
from services.moderation.domain.policy.compiled import Ruling
from services.moderation.domain.remembering import number
from services.moderation.domain.statements import about, judged, opened
from services.moderation.domain.verdict import Court, Standing, reach
from services.moderation.domain.wish import RULE, hidden_after
from services.moderation.store import causes
from services.moderation.store.authors import Authors
from services.moderation.store.cases import Cases
from services.moderation.store.decision import taken_back
from services.moderation.store.interactions import Interactions
from shared.bus.envelope import Received
from shared.events.ids import derive
from shared.events.moderation.case_closed import CaseClosed
from shared.events.moderation.case_released import CaseReleased
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision as it was read and judged; `kept` is how it will be remembered."""

    received: Received[Any]
    kept: Row
    opinion: Opinion
    ruling: Ruling
    court: Court


@dataclass(frozen=True, slots=True)
class Revisions:
    """Revisions of interactions that have a case."""

    database: Database
    interactions: Interactions
    cases: Cases
    authors: Authors
    media_seconds: float

    async def revise(self, revision: Revision) -> None:
        """Store the verdict; what it states leaves through the outbox, in the same transaction."""

        async def work(tx: Transaction) -> None:
            said = revision.received.event
            row = await self.interactions.get(said.brand_id, said.interaction_id, tx=tx)
            if row is None or "deleted_at" in row or number(row) >= (said.epoch, said.revision):
                return
            case = await self.cases.get(said.brand_id, derive("case", row["_id"]), tx=tx)
            await self._write(tx, revision, row, case or await self._missing(tx, row))

        await self.database.transact(work)

    async def _missing(self, tx: Transaction, row: Row) -> Row:
        """A crash came between the last verdict and its case."""
        case = rules.of_verdict(row)
        await self.cases.add(case, tx=tx)
        return case

    async def _write(self, tx: Transaction, revision: Revision, row: Row, case: Row) -> None:
        case, hidden_by, voided = await self._void(tx, revision.received, row, case)
        standing = Standing(hidden_by, case["seq"], voided)
        verdict = reach(revision.received.event, revision.opinion, revision.ruling, standing, revision.court)
        fields = revision.kept | {
            "verdict": verdict,
            "hidden_by": hidden_after(verdict["wish"], RULE, hidden_by),
            "decision": None,
            "cased": True,
            "cause": causes.of(revision.received) if verdict["waiting"] else None,
        }
        if row.get("sight", -1) < revision.received.event.sighting:
            fields |= {"sight": revision.received.event.sighting, "visibility": revision.received.event.visibility}
        if not await self.interactions.change(row, fields, tx=tx):
            raise RuntimeError(f"interaction {row['_id']} changed inside its own transaction")
        row = row | fields
        if not verdict["waiting"]:
            emit_verdict(tx, revision.received, row)
        await self._case_follows(tx, revision.received, row, case)

    async def _case_follows(self, tx: Transaction, received: Received[Any], row: Row, case: Row) -> None:
        """The case is about the new text now: it waits again, or is closed where the new text passes."""
        if row["verdict"]["keeps"]:
            update = rules.reopened(case | {"seq": row["verdict"]["case_seq"]}, row)
            update |= {"seq": row["verdict"]["case_seq"]}
            update |= await self.cases.media_wanted(case | update, self.media_seconds)
            await self.cases.change(case, update, tx=tx)
        elif case["state"] in rules.WAITING:
            await close(self.cases, tx, received, case, "edited", revision=row["revision"])

    async def _void(self, tx: Transaction, received: Received[Any], row: Row, case: Row) -> tuple[Row, str, bool]:
        """A decision that has not left is void; says who had taken the interaction down before it."""
        decision = row.get("decision") or {}
        if case["state"] != "deciding" or not await taken_back(self.database, case, tx):
            return case, row.get("hidden_by", ""), False
        at, before = received.read_at, decision.get("before", "")
        await self.authors.follow(case, before, at, tx=tx)
        update = {"seq": case["seq"] + 1, "state": "open", **rules.FREE, **rules.UNDECIDED, "updated_at": at}
        update["history"] = rules.told(case | {"seq": case["seq"] + 1}, at, "voided", why="new revision")
        case = await self.cases.change(case, update, tx=tx)
        tx.emit(received.emit(about(CaseReleased, case, at, why="new revision")))
        return case, before, True


def emit_verdict(tx: Transaction, received: Received[Any], row: Row) -> None:
    """The verdict of a row, and the case that it opened, through the outbox."""
    case = opened(row)
    tx.emit(received.emit(judged(row)))
    if case is not None:
        tx.emit(received.emit(case))


async def close(cases: Cases, tx: Transaction, received: Received[Any], case: Row, why: str, **more: Any) -> None:
    """Nobody needs to see the case any more."""
    seq, at = case["seq"] + 1, received.read_at
    history = rules.told(case | {"seq": seq}, at, "closed", why=why)
    update = {"seq": seq, "state": "closed", **rules.FREE, "media_due": None, "updated_at": at, "history": history}
    case = await cases.change(case, update | more, tx=tx)
    tx.emit(received.emit(about(CaseClosed, case, at, why=why)))
