"""Each brand's open holds, which services confirmed them, and whom to tell again when."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from services.console.domain.holds import GATED, Change
from services.console.store.audit import Audit
from shared.bus.envelope import Outgoing
from shared.epochs import Epochs
from shared.events.console.brand_held import BrandHeld
from shared.events.console.brand_released import BrandReleased
from shared.events.console.parts import HoldFact, HoldPart
from shared.holds import shut_by
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction

AT_ONCE = 50
REMEMBERED = 20
NOW_DUE = datetime(1970, 1, 1, tzinfo=UTC)  # due by any clock
SECOND, WHILE_HELD = 1_000, 10_000  # ms between calls: until confirmed, and while it lasts
Step = Callable[[Document], Change | None]
NEW: Mapping[str, Any] = {"seq": 0, "epoch": 0, "holds": [], "shut": [], "past": [], "told": {}, "next": {}}


class Holds:
    """The `holds` collection: one row a brand that was ever held. `told.<service>` is what a service confirmed."""

    def __init__(self, database: "Database", audit: Audit) -> None:
        self._database = database
        self._audit = audit
        self._epochs = Epochs(database)
        self._rows = database.brand("holds", *(Index((f"next.{one}",), name=f"next_{one}") for one in GATED))
        self._all = database.system("holds")  # system: a loop tells the services for all brands

    async def of(self, brand_ids: Sequence[str]) -> list[Document]:
        """The rows of these brands, those whose holds are over too; the longest held first."""
        rows = await self._rows.find({"brand_id": {"$in": list(brand_ids)}})
        return sorted(rows, key=lambda row: min((hold["since"] for hold in row["holds"]), default=row["at"]))

    async def held(self, brand_ids: Sequence[str]) -> list[Document]:
        """The rows of those of these brands that are held now."""
        return [row for row in await self.of(brand_ids) if row["holds"]]

    async def change(self, brand_ids: Sequence[str], step: Step, now: datetime, ids: Callable[[], str]) -> None:
        """Do `step` to each brand's row, state what changed and log it, in transactions of 50 brands.

        What `step` raises ends it; a None changes nothing.
        """
        epoch = (await self._epochs.current()).value
        for begin in range(0, len(brand_ids), AT_ONCE):
            some = list(brand_ids[begin : begin + AT_ONCE])
            fresh = {"$setOnInsert": {**NEW, "at": now}}
            await self._rows.bulk([UpdateOne({"_id": one, "brand_id": one}, fresh, upsert=True) for one in some])

            async def work(tx: "Transaction", some: Sequence[str] = some) -> None:
                await self._within(tx, some, step, epoch, now, ids)

            await self._database.transact(work)

    async def to_tell(self, service: str, limit: int) -> list[Document]:
        """The rows that this service is told of now; another replica tells them a second later at the earliest."""
        rows = await self._all.find({f"next.{service}": {"$ne": None}, **_past(service)}, limit=limit)
        taken = [{"$set": {f"next.{service}": {"$add": ["$$NOW", SECOND]}}}]
        await self._all.bulk([UpdateOne({"_id": row["_id"], "seq": row["seq"]}, taken) for row in rows])
        return rows

    async def confirmed(self, service: str, gates: Sequence[Mapping[str, Any]]) -> None:
        """What a service answered. The first answer to a number keeps its time; what a hold met is kept once."""
        await self._rows.bulk([_confirmation(service, gate) for gate in gates])

    async def put_back(self, fact: HoldFact) -> None:
        """The brand's holds as they were stated before, where the store knows a lower (epoch, seq)."""
        about = {"_id": fact.brand_id, "brand_id": fact.brand_id}

        async def work(tx: "Transaction") -> None:
            row = await self._rows.get(about, tx=tx) or {**NEW, **about}
            if (row["epoch"], row["seq"]) < (fact.epoch, fact.seq):
                await self._rows.replace(about, _put_back(row, fact), upsert=True, tx=tx)

        await self._database.transact(work)

    async def _within(
        self,
        tx: "Transaction",
        brand_ids: Sequence[str],
        step: Step,
        epoch: int,
        now: datetime,
        ids: Callable[[], str],
    ) -> None:
        rows = await self._rows.find({"brand_id": {"$in": list(brand_ids)}}, tx=tx)
        changes = [(row, change) for row in rows if (change := step(row)) is not None]
        await self._rows.bulk([_update(row, change, epoch, now) for row, change in changes], tx=tx)
        for row, change in changes:
            if change.steps:
                tx.emit(Outgoing.first(_fact(row, change, epoch, now), now=now))
            act = "hold.released" if change.opens else "hold.set"
            act = act if change.steps else "hold.release_asked"
            details = {"steps": list(change.steps), "why": change.why}
            told: Document = {"_id": ids(), "brand_id": row["_id"], "act": act, "person": change.person, "at": now}
            await self._audit.add_all([told | {"about": change.hold_id, "details": details}], tx=tx)


def _update(row: Document, change: Change, epoch: int, now: datetime) -> UpdateOne:
    """A row after an act. A new hold asks anew what it met; whoever confirmed the list before is told the new one."""
    past = [*row["past"], change.hold_id] if change.hold_id not in row["past"] else row["past"]
    values: dict[str, Any] = {"holds": list(change.holds), "past": past[-REMEMBERED:], "at": now}
    if change.steps:
        values |= {"shut": shut_by(change.holds), "epoch": epoch, "seq": row["seq"] + 1}
        values |= {f"next.{one}": NOW_DUE for one in GATED}
    if not change.opens:
        values |= {"met": {}}
    where = {"_id": row["_id"], "brand_id": row["_id"], "seq": row["seq"]}
    return UpdateOne(where, {"$set": values, "$currentDate": {"updated_at": True}})


def _put_back(row: Document, fact: HoldFact) -> Document:
    holds = [{**hold.model_dump(), "asked": ""} for hold in fact.holds]
    past = [*row["past"], *(hold["hold_id"] for hold in holds), fact.hold_id]
    told = {"holds": holds, "shut": shut_by(holds), "past": list(dict.fromkeys(past))[-REMEMBERED:], "met": {}}
    number = {"epoch": fact.epoch, "seq": fact.seq, "at": fact.at, "updated_at": fact.at}
    return {**row, **told, **number, "next": dict.fromkeys(GATED, NOW_DUE)}


def _fact(row: Document, change: Change, epoch: int, now: datetime) -> HoldFact:
    kind = BrandReleased if change.opens else BrandHeld
    parts = [HoldPart.model_validate({name: hold[name] for name in HoldPart.model_fields}) for hold in change.holds]
    return kind(
        brand_id=row["_id"],
        epoch=epoch,
        holds=parts,
        hold_id=change.hold_id,
        steps=list(change.steps),
        person=change.person,
        why=change.why,
        seq=row["seq"] + 1,
        at=now,
    )


def _confirmation(service: str, gate: Mapping[str, Any]) -> UpdateOne:
    brand_id, at = gate["brand_id"], datetime.fromisoformat(gate["at"])
    told = f"told.{service}"
    first = {"$cond": [{"$eq": [f"${told}.seq", gate["seq"]]}, f"${told}.at", at]}
    met = {"at": at, "in_flight": gate.get("in_flight", []), "left": gate.get("left", [])}
    still = {"$cond": [{"$gt": [{"$size": "$holds"}, 0]}, {"$add": ["$$NOW", WHILE_HELD]}, None]}
    stages = [
        {"$set": {f"{told}.at": first, f"met.{service}": {"$ifNull": [f"$met.{service}", {"$literal": met}]}}},
        {
            "$set": {
                f"{told}.seq": gate["seq"],
                f"{told}.latest": at,
                f"{told}.waiting": {"$literal": gate.get("waiting", {})},
                f"next.{service}": still,
                "updated_at": "$$NOW",
            }
        },
    ]
    return UpdateOne({"_id": brand_id, "brand_id": brand_id, "epoch": gate["epoch"], "seq": gate["seq"]}, stages)


def _past(service: str) -> Document:
    return {"$expr": {"$lte": [f"$next.{service}", "$$NOW"]}}
