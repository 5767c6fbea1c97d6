"""A person's decision: it waits for its undo window, and for its evidence, before it leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.moderation.api.desk import Desk
from services.moderation.api.shapes import Decision
from services.moderation.domain import case as rules
from services.moderation.domain import wish as wishes
from services.moderation.domain.inbox_case import opened_by_person
from services.moderation.domain.statements import about
from services.moderation.store.decision import state_decision, taken_back
from shared.auth import Command
from shared.bus.envelope import Outgoing
from shared.commands import Answer
from shared.errors import Conflict, NotFound
from shared.events.ids import derive
from shared.events.moderation.case_opened import CaseOpened
from shared.events.moderation.decision_reversed import DecisionReversed
from shared.mongo.transactions import Transaction

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deciding:
    """Decisions and their undoing."""

    desk: Desk

    async def decide(self, who: Command, case_id: str, body: Decision) -> Answer:
        """On a case that waits."""

        async def step(tx: Transaction, case: Row, now: datetime) -> Row:
            row = await self.desk.interactions.get(who.brand_id, case["interaction_id"], tx=tx)
            if row is None:
                raise NotFound(f"interaction {case['interaction_id']}")
            current = rules.state_of(case, now, row.get("text", ""))
            rules.check_free(case, who.person, now, current)
            return await self._decided(tx, who, body, case, row, now)

        return await self.desk.step(who, case_id, step)

    async def decide_interaction(self, who: Command, interaction_id: str, body: Decision) -> Answer:
        """From the inbox: opens a case where there is none, and decides it."""

        async def work(tx: Transaction) -> Answer:
            row = await self.desk.interactions.get(who.brand_id, interaction_id, tx=tx)
            if row is None or not row.get("verdict"):
                raise NotFound("deleted meanwhile" if row and "deleted_at" in row else "not judged yet")
            case = await self._case(tx, who, row, now)
            if rules.held_by_other(case, who.person, now):
                raise Conflict(rules.state_of(case, now, row["text"]), f"{case['claimed_by']} has this case")
            return Answer(rules.state_of(await self._decided(tx, who, body, case, row, now), now))

        now = await self.desk.database.now()
        return await self.desk.answers.once(who, work)

    async def undo(self, who: Command, case_id: str) -> Answer:
        """Within the window nothing ever leaves; after it a counter-action does."""

        async def step(tx: Transaction, case: Row, now: datetime) -> Row:
            if case["state"] != "deciding" or case["reversed"]:
                raise Conflict(rules.state_of(case, now), "there is no decision to take back")
            row = await self.desk.interactions.get(who.brand_id, case["interaction_id"], tx=tx)
            if row is None or "deleted_at" in row or not row.get("decision"):
                raise Conflict(rules.state_of(case, now), "it is gone from its network")
            if await taken_back(self.desk.database, case, tx):
                return await self._undone(tx, who, case, row, now)
            return await self._reversed(tx, who, case, row, now)

        return await self.desk.step(who, case_id, step)

    async def _case(self, tx: Transaction, who: Command, row: Row, now: datetime) -> Row:
        """The case as it is; the one that the verdict is about to open; or one that the person opens."""
        case_id = derive("case", row["_id"])
        case = await self.desk.cases.get(who.brand_id, case_id, tx=tx)
        if case is None and row["verdict"]["keeps"]:
            case = rules.of_verdict(row)
            case |= await self.desk.cases.media_wanted(case, self.desk.settings.media_seconds)
            await self.desk.cases.add(case, tx=tx)
        if case is not None and case["state"] in rules.WAITING:
            return case
        return await self._opened(tx, who, case, row, now)

    async def _opened(self, tx: Transaction, who: Command, case: Row | None, row: Row, now: datetime) -> Row:
        if case is not None and case["state"] == "deciding" and not _over(case, now):
            raise Conflict(rules.state_of(case, now, row["text"]), f"{case['decided_by']} is deciding this")
        fresh = opened_by_person(case, row, who.person, now, self.desk.epochs.value)
        if case is None:
            await self.desk.cases.add(fresh, tx=tx)
        else:
            fresh = await self.desk.cases.change(case, fresh, tx=tx)
        fields = ("severity", "rule", "why", "hidden", "suggested", "evidence_id")
        event = about(CaseOpened, fresh, now, **{name: fresh[name] for name in fields}, backfill=row["backfill"])
        tx.emit(Outgoing.first(event, now=now))
        return fresh

    async def _decided(self, tx: Transaction, who: Command, body: Decision, case: Row, row: Row, now: datetime) -> Row:
        if "deleted_at" in row or row["revision"] != body.revision or case["revision"] != body.revision:
            raise Conflict(
                rules.state_of(case, now, row.get("text", "")) | {"revision": row.get("revision")},
                "the text was changed meanwhile",
            )
        wish = wishes.of_decision(body.decision, row)
        leaves_at = now + timedelta(seconds=self.desk.settings.undo_seconds)
        update = {
            "state": "deciding",
            **rules.FREE,
            **rules.UNDECIDED,
            "decision": body.decision,
            "wish": wish,
            "decided_by": who.person,
            "reason": body.reason,
            "leaves_at": leaves_at,
            "before": row.get("hidden_by", ""),
        }
        if wish in wishes.TAKES_DOWN:
            update |= await self._evidence(case, row)
        update["stated"] = not rules.lacks_media(case | update)
        case = await self.desk.advance(tx, case, now, "decided", who.person, update, decision=body.decision)
        if case["stated"]:
            case = await state_decision(self.desk.cases, tx, case, now, leaves_at)
        await self._note(tx, case, row, now)
        return case

    async def _evidence(self, case: Row, row: Row) -> Row:
        """What is to be taken down is kept first."""
        evidence_id = derive("evidence", row["_id"], row["epoch"], row["revision"])
        kept = rules.with_evidence(case["evidence"], rules.evidence_of(row, evidence_id))
        update = {"evidence": kept, "evidence_id": evidence_id}
        if rules.lacks_media(case | update) and not case.get("media_due"):
            update |= await self.desk.cases.media_wanted(case | update, self.desk.settings.media_seconds)
        return update

    async def _note(self, tx: Transaction, case: Row, row: Row, now: datetime) -> None:
        """The interaction's row remembers the decision, and the author's strikes follow it."""
        decision = {name: case[name] for name in ("revision", "decision", "wish", "seq", "before")}
        hidden_by = wishes.hidden_after(case["wish"], wishes.PERSON, case["before"])
        update = {"decision": decision | {"person": case["decided_by"]}, "hidden_by": hidden_by, "cased": True}
        await self.desk.interactions.change(row, update, tx=tx)
        await self.desk.authors.follow(case, hidden_by, now, tx=tx)

    async def _undone(self, tx: Transaction, who: Command, case: Row, row: Row, now: datetime) -> Row:
        update = {"state": "open", **rules.FREE, **rules.UNDECIDED, "undone": True}
        await self._unnote(tx, case, row, now, row["decision"]["before"], decision=None)
        return await self.desk.advance(tx, case, now, "undone", who.person, update)

    async def _reversed(self, tx: Transaction, who: Command, case: Row, row: Row, now: datetime) -> Row:
        if case["decision"] == "delete":
            raise Conflict(rules.state_of(case, now), "what was deleted on its network cannot come back")
        wish = wishes.of_reversal(case["decision"], row["decision"]["before"])
        update = {"wish": wish, "reversed": True, "decided_by": who.person}
        case = await self.desk.advance(tx, case, now, "reversed", who.person, update)
        tx.emit(Outgoing.first(about(DecisionReversed, case, now, wish=wish, person=who.person), now=now))
        hidden_by = wishes.hidden_after(wish, wishes.PERSON, row["decision"]["before"])
        await self._unnote(tx, case, row, now, hidden_by, decision=row["decision"] | {"reversed": True, "wish": wish})
        return case

    async def _unnote(
        self, tx: Transaction, case: Row, row: Row, now: datetime, hidden_by: str, decision: Row | None
    ) -> None:
        await self.desk.interactions.change(row, {"decision": decision, "hidden_by": hidden_by}, tx=tx)
        await self.desk.authors.follow(case, hidden_by, now, tx=tx)


def _over(case: Row, now: datetime) -> bool:
    """Whether a decision has left, so that another may follow it."""
    return bool(case["stated"]) and case["leaves_at"] <= now
