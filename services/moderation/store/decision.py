"""A person's decision on its way out: it waits in the outbox, and can be kept from leaving until its time."""

from datetime import datetime
from typing import Any

from services.moderation.domain.statements import about
from services.moderation.store.cases import Cases
from shared.bus.envelope import Outgoing
from shared.events.moderation.case_decided import CaseDecided
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

Row = dict[str, Any]


async def state_decision(cases: Cases, tx: Transaction, case: Row, now: datetime, leaves_at: datetime) -> Row:
    """Put it in the outbox, where it is held until `leaves_at`."""
    fact = about(
        CaseDecided,
        case,
        now,
        decision=case["decision"],
        wish=case["wish"],
        person=case["decided_by"],
        reason=case["reason"],
    )
    outbox_id = tx.emit(Outgoing.first(fact, now=now), not_before=leaves_at)
    return await cases.change(case, {"outbox_id": outbox_id, "stated": True, "leaves_at": leaves_at}, tx=tx)


async def taken_back(database: Database, case: Row, tx: Transaction) -> bool:
    """Whether it was kept from leaving: it was still waiting for its evidence, or for the end of its window."""
    if not case["stated"]:
        return True
    return await database.outbox.remove_before_due(case["outbox_id"], tx=tx)
