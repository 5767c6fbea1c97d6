"""A claim ends by itself: its case is free again when the time has passed by the database's clock."""

from dataclasses import dataclass
from typing import Any

from services.moderation.domain import case as rules
from services.moderation.domain.statements import about
from services.moderation.store.cases import Cases
from shared.bus.envelope import Outgoing
from shared.events.moderation.case_released import CaseReleased
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

Row = dict[str, Any]
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ClaimsReleasing:
    """Claims that ran out."""

    database: Database
    cases: Cases

    async def release_run_out(self) -> bool:
        """Free them; whether there may be more."""
        now = await self.database.now()
        found = await self.cases.run_out(now, AT_ONCE)
        for case in found:
            await self._release(case)
        return len(found) == AT_ONCE

    async def _release(self, seen: Row) -> None:
        async def work(tx: Transaction) -> None:
            case = await self.cases.get(seen["brand_id"], seen["_id"], tx=tx)
            if case is None or case["seq"] != seen["seq"]:
                return
            seq = case["seq"] + 1
            history = rules.told(case | {"seq": seq}, now, "released", why="run out")
            update = {"state": "open", **rules.FREE, "seq": seq, "history": history, "updated_at": now}
            case = await self.cases.change(case, update, tx=tx)
            event = about(CaseReleased, case, now, why="run out", person=seen["claimed_by"])
            tx.emit(Outgoing.first(event, now=now))

        now = await self.database.now()
        await self.database.transact(work)
