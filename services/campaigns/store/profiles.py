"""`profiles`: who may be addressed, each with the audiences that they belong to."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from services.campaigns.domain.audience import profile as rules
from services.campaigns.domain.audience.contacts import Contact, known_elsewhere
from services.campaigns.domain.audience.criteria import Audiences, together
from services.campaigns.store.campaigns import Campaigns, key_of
from shared.events.campaigns.opt_out_changed import OptOutChanged
from shared.events.insights.person_changed import PersonChanged
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import ReplaceOne, UpdateOne
from shared.mongo.transactions import Transaction

Profile = dict[str, Any]
AT_ONCE = 200
PAGE = 500


class Profiles:
    """Membership stands in the person's own document. Whoever writes it reads the audiences in the same transaction,
    and a recount writes every person: of two that meet one begins again, and nobody is judged by criteria of yesterday.
    """

    def __init__(self, database: Database, campaigns: Campaigns) -> None:
        self._database, self._campaigns = database, campaigns
        self._rows = database.brand("profiles", Index(("brand_id", "in")), Index(("brand_id", "_id")))

    async def learn(self, facts: Sequence[PersonChanged], now: datetime) -> None:
        """Fold these facts, and note which audiences each of these people belongs to now."""
        ordered = sorted(facts, key=lambda fact: fact.brand_id)
        for brand_id, group in groupby(ordered, key=lambda fact: fact.brand_id):
            told = list(group)
            for begin in range(0, len(told), AT_ONCE):
                await self._learn(brand_id, told[begin : begin + AT_ONCE], now)

    async def opt_out(self, brand_id: str, person_id: str, out: bool, now: datetime, *, tx: Transaction) -> int | None:
        """Never address this person again, or do: the number of that word; None where nobody of this id is known."""
        about = {"_id": rules.profile_id(brand_id, person_id), "brand_id": brand_id}
        found = await self._rows.get(about, tx=tx)
        if found is None:
            return None
        seq = int(found.get("out_seq", 0)) + 1
        judged = self._judged({**found, "out": out, "out_seq": seq}, await self._audiences(brand_id, tx), now)
        await self._rows.replace(about, judged, tx=tx)
        return seq

    async def recall(self, fact: OptOutChanged, now: datetime, *, tx: Transaction) -> None:
        """Keep that word, where a restore made the store forget it; also of somebody whom it forgot altogether."""
        about = {"_id": rules.profile_id(fact.brand_id, fact.person_id), "brand_id": fact.brand_id}
        found = await self._rows.get(about, tx=tx) or rules.unheard(fact.brand_id, fact.person_id)
        if int(found.get("out_seq", 0)) < fact.seq:
            told = {**found, "out": fact.out, "out_seq": fact.seq}
            judged = self._judged(told, await self._audiences(fact.brand_id, tx), now)
            await self._rows.replace(about, judged, upsert=True, tx=tx)

    async def know(
        self, brand_id: str, contacts: Mapping[str, Sequence[Contact]], now: datetime, *, tx: Transaction
    ) -> None:
        """Keep what contacts say of each of these people, also of one of whom no fact has come yet."""
        audiences, names = await self._audiences(brand_id, tx), [rules.profile_id(brand_id, one) for one in contacts]
        known = {row["person_id"]: row for row in await self._of(brand_id, names, tx)}
        told = [
            known_elsewhere(known.get(person, rules.unheard(brand_id, person)), those)
            for person, those in contacts.items()
        ]
        await self._rows.bulk(_replacing(self._judged(one, audiences, now) for one in told), tx=tx)

    async def count(self, brand_id: str, key: str, *, tx: Transaction | None = None) -> int:
        """How many belong to an audience."""
        return await self._rows.count({"brand_id": brand_id, "in": key}, tx=tx)

    async def members(self, brand_id: str, key: str) -> list[str]:
        """Everybody in an audience, as hashes that a network can compare with its own."""
        found = await self._rows.find({"brand_id": brand_id, "in": key}, projection=["network", "handle", "person_id"])
        return [
            hashlib.sha256(f"{one['network']}:{one['handle'] or one['person_id']}".encode()).hexdigest()
            for one in found
        ]

    async def recount(self, brand_id: str, mark: str, now: datetime) -> None:
        """Judge everybody of a brand again: criteria changed, or another day has come."""
        last = ""
        while True:
            found = await self._page(brand_id, last, ["_id"])
            if not found:
                return
            await self._judge([one["_id"] for one in found], brand_id, mark, now)
            last = found[-1]["_id"]

    async def preview(
        self, brand_id: str, criteria: tuple[str, ...], now: datetime, shown: int
    ) -> tuple[int, list[Profile]]:
        """How many would belong to such an audience, and the first few by when they spoke last."""
        audience, size, last = Audiences({"it": criteria}), 0, ""
        sample: list[Profile] = []
        while found := await self._page(brand_id, last):
            fits = [one for one in found if rules.addressable(one) and audience.of(rules.facts(one, now))]
            size += len(fits)
            sample = sorted([*sample, *fits], key=lambda one: one["last_seen_at"], reverse=True)[:shown]
            last = found[-1]["_id"]
            await asyncio.sleep(0)
        return size, sample

    async def _learn(self, brand_id: str, facts: Sequence[PersonChanged], now: datetime) -> None:
        ids = sorted({rules.profile_id(brand_id, fact.person_id) for fact in facts})

        async def work(tx: Transaction) -> None:
            audiences = await self._audiences(brand_id, tx)
            known = {row["_id"]: row for row in await self._of(brand_id, ids, tx)}
            for fact in facts:
                name = rules.profile_id(brand_id, fact.person_id)
                known[name] = rules.grown(known.get(name), fact)
            await self._rows.bulk(_replacing(self._judged(one, audiences, now) for one in known.values()), tx=tx)

        await self._database.transact(work)

    async def _judge(self, ids: Sequence[str], brand_id: str, mark: str, now: datetime) -> None:
        async def work(tx: Transaction) -> None:
            audiences = await self._audiences(brand_id, tx)
            judged = [self._judged(row, audiences, now) for row in await self._of(brand_id, ids, tx)]
            changes = [
                UpdateOne({"_id": one["_id"], "brand_id": brand_id}, {"$set": {"in": one["in"], "mark": mark}})
                for one in judged
            ]
            await self._rows.bulk(changes, tx=tx)

        await self._database.transact(work)

    async def _audiences(self, brand_id: str, tx: Transaction) -> Audiences:
        found = await self._campaigns.audiences(brand_id, tx=tx)
        return together(tuple((key_of(one), tuple(row["when"] for row in one["criteria"])) for one in found))

    @staticmethod
    def _judged(profile: Mapping[str, Any], audiences: Audiences, now: datetime) -> Profile:
        return {**profile, "in": audiences.of(rules.facts(profile, now)) if rules.addressable(profile) else []}

    async def _of(self, brand_id: str, ids: Sequence[str], tx: Transaction) -> list[Profile]:
        return await self._rows.find({"brand_id": brand_id, "_id": {"$in": list(ids)}}, tx=tx)

    async def _page(self, brand_id: str, after: str, projection: Sequence[str] | None = None) -> list[Profile]:
        wanted = {"brand_id": brand_id, "_id": {"$gt": after}}
        return await self._rows.find(wanted, sort="_id", limit=PAGE, projection=projection)


def _replacing(profiles: Iterable[Profile]) -> list[ReplaceOne]:
    return [ReplaceOne({"_id": one["_id"], "brand_id": one["brand_id"]}, one, upsert=True) for one in profiles]
