"""What people do with a case before they decide it: claim, give back, hand up; each in one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi.encoders import jsonable_encoder

from services.moderation.domain import case as rules
from services.moderation.domain.statements import about
from services.moderation.settings import Settings
from services.moderation.store.authors import Authors
from services.moderation.store.cases import Cases
from services.moderation.store.interactions import Interactions
from shared.auth import Command
from shared.bus.envelope import Outgoing
from shared.commands import Answer, Answers
from shared.epochs import Epochs
from shared.errors import NotFound
from shared.events.moderation.case_claimed import CaseClaimed
from shared.events.moderation.case_escalated import CaseEscalated
from shared.events.moderation.case_released import CaseReleased
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

Row = dict[str, Any]
Step = Callable[[Transaction, Row, datetime], Awaitable[Row]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands on cases need."""

    database: Database
    interactions: Interactions
    cases: Cases
    authors: Authors
    answers: Answers
    settings: Settings
    epochs: Epochs

    async def read(self, brand_id: str, case_id: str) -> Answer:
        """The case with its evidence and history."""
        case = await self.cases.get(brand_id, case_id)
        if case is None:
            raise NotFound(f"case {case_id}")
        row = await self.interactions.get(brand_id, case["interaction_id"])
        state = rules.state_of(case, await self.database.now(), (row or {}).get("text", ""))
        more = {name: case.get(name) for name in ("evidence", "history", "carried_out", "deleted")}
        return Answer(jsonable_encoder(state | more))

    async def claim(self, who: Command, case_id: str) -> Answer:
        """Ours alone for ten minutes by the server's clock; claiming again renews it."""

        async def step(tx: Transaction, case: Row, now: datetime) -> Row:
            rules.check_free(case, who.person, now, rules.state_of(case, now))
            until = now + timedelta(seconds=self.settings.claim_seconds)
            update = {"state": "claimed", "claimed_by": who.person, "claimed_until": until}
            case = await self.advance(tx, case, now, "claimed", who.person, update)
            tx.emit(Outgoing.first(about(CaseClaimed, case, now, person=who.person, until=until), now=now))
            return case

        return await self.step(who, case_id, step)

    async def release(self, who: Command, case_id: str) -> Answer:
        """Given back; whoever holds it, so that a colleague's forgotten case can be freed."""

        async def step(tx: Transaction, case: Row, now: datetime) -> Row:
            if case["state"] != "claimed":
                return case
            case = await self.advance(tx, case, now, "released", who.person, {"state": "open", **rules.FREE})
            event = about(CaseReleased, case, now, why="given back", person=who.person)
            tx.emit(Outgoing.first(event, now=now))
            return case

        return await self.step(who, case_id, step)

    async def escalate(self, who: Command, case_id: str, to: str, why: str) -> Answer:
        """It waits for somebody with more say."""

        async def step(tx: Transaction, case: Row, now: datetime) -> Row:
            rules.check_free(case, who.person, now, rules.state_of(case, now))
            update = {"state": "open", **rules.FREE, "escalated_to": to, "reason": why}
            case = await self.advance(tx, case, now, "escalated", who.person, update, to=to, why=why)
            tx.emit(Outgoing.first(about(CaseEscalated, case, now, to=to, person=who.person, why=why), now=now))
            return case

        return await self.step(who, case_id, step)

    async def step(self, who: Command, case_id: str, step: Step) -> Answer:
        """One step of a known case, once for each idempotency key."""

        async def work(tx: Transaction) -> Answer:
            case = await self.cases.get(who.brand_id, case_id, tx=tx)
            if case is None:
                raise NotFound(f"case {case_id}")
            who.expect(case["seq"], rules.state_of(case, now))
            return Answer(rules.state_of(await step(tx, case, now), now))

        now = await self.database.now()
        return await self.answers.once(who, work)

    async def advance(
        self, tx: Transaction, case: Row, now: datetime, what: str, person: str, update: Row, **told: Any
    ) -> Row:
        """The case's next number, with a line in its history."""
        seq = case["seq"] + 1
        history = rules.told(case | {"seq": seq}, now, what, person, **told)
        return await self.cases.change(case, update | {"seq": seq, "history": history, "updated_at": now}, tx=tx)
