"""`tokens`: how far each channel's token is looked after. No token is here in clear."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.publisher.domain.renewal import pause
from shared.bus.envelope import Outgoing
from shared.events.console.channel_changed import ChannelChanged
from shared.events.publisher.channel_token_ending import ChannelTokenEnding
from shared.events.publisher.channel_token_renewed import ChannelTokenRenewed
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.operations import UpdateOne
from shared.mongo.transactions import Transaction

Token = dict[str, Any]
LEASE_SECONDS = 90
NEXT_FENCE = {"$add": ["$fence", 1]}


class Tokens:
    """One row a channel: {generation, renewal, ends_at, renew_at, next_at, fence, failures, token_sealed, ending}.

    Whoever claims a row has its token alone for `LEASE_SECONDS`; what a late holder learns is dropped by the fence, but
    not a renewal, which may have used up the only refresh token: of those the first is right. `ending`: told.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = database.system("tokens", Index("next_at"))  # system: the loop looks after all brands' channels

    async def expect(self, channels: Sequence[ChannelChanged]) -> None:
        """There is a row for each; a token that is newer than the known one is looked at now."""
        born = {"generation": -1, "renewal": 0, "fence": 0}
        await self._rows.bulk(
            [
                UpdateOne({"_id": one.channel_id}, {"$setOnInsert": {"brand_id": one.brand_id, **born}}, upsert=True)
                for one in channels
            ]
        )
        await self._rows.bulk([_newer(one) for one in channels])

    async def claim_due(self, channel_ids: Sequence[str], limit: int) -> list[Token]:
        """Rows that are due by the database's clock, now ours."""
        due = {"_id": {"$in": list(channel_ids)}, "$expr": {"$lte": ["$next_at", "$$NOW"]}}
        found = await self._rows.find(due, sort="next_at", limit=limit, projection=["fence"])
        taken = {"$set": {"next_at": _in_seconds(LEASE_SECONDS), "fence": NEXT_FENCE}}
        claimed = [
            await self._rows.find_and_update({"_id": one["_id"], "fence": one["fence"]}, [taken]) for one in found
        ]
        return [one for one in claimed if one is not None]

    async def looked(self, row: Token, ends_at: datetime | None, renewing: datetime | None, next_at: datetime) -> None:
        """When it ends, is renewed, and is looked at again."""
        changes = {"ends_at": ends_at, "renew_at": renewing, "next_at": next_at, "failures": 0}
        await self._rows.update(_held(row), {"$set": changes})

    async def failed(self, row: Token, after: float = 0.0) -> None:
        """Nothing was learnt: again in at least `after` seconds, later and later."""
        failures = row.get("failures", 0)
        wait = max(after, pause(failures))
        await self._rows.update(_held(row), [{"$set": {"next_at": _in_seconds(wait), "failures": failures + 1}}])

    async def renewed(
        self,
        fact: ChannelTokenRenewed,
        ends_at: datetime | None,
        renewing: datetime | None,
        next_at: datetime,
    ) -> bool:
        """The renewal and the event that states it leave together; False where another renewal came since."""

        async def work(tx: Transaction) -> bool:
            changes = {"renewal": fact.renewal, "token_sealed": fact.token_sealed, "renewed_at": fact.at, "failures": 0}
            changes |= {"ends_at": ends_at, "renew_at": renewing, "next_at": next_at}
            changes |= {"ending": False}
            same = {"_id": fact.channel_id, "generation": fact.generation, "renewal": fact.renewal - 1}
            done = await self._rows.update(same, {"$set": changes}, tx=tx)
            if done.matched:
                tx.emit(Outgoing.first(fact, now=fact.at))
            return bool(done.matched)

        return await self._database.transact(work)

    async def ending(self, row: Token, fact: ChannelTokenEnding, next_at: datetime | None) -> None:
        """Told once a token, with the row that remembers it; looked at again then, or when the row says."""

        async def work(tx: Transaction) -> None:
            changes = {"ending": True} | ({"next_at": next_at, "failures": 0} if next_at else {})
            fresh = _held(row) | {"ending": {"$ne": True}}
            if (await self._rows.update(fresh, {"$set": changes}, tx=tx)).matched:
                tx.emit(Outgoing.first(fact, now=fact.at))
            else:
                await self._rows.update(_held(row), {"$set": changes}, tx=tx)

        await self._database.transact(work)

    async def state_again(self, row: Token, now: datetime) -> None:
        """The directory has not taken the renewal in: the same fact once more."""
        fact = ChannelTokenRenewed(
            brand_id=row["brand_id"],
            channel_id=row["_id"],
            at=row["renewed_at"],
            **{name: row[name] for name in ("generation", "renewal", "token_sealed")},
        )

        async def work(tx: Transaction) -> None:
            waiting = {"$set": {"next_at": _in_seconds(LEASE_SECONDS)}}
            if (await self._rows.update(_held(row), [waiting], tx=tx)).matched:
                tx.emit(Outgoing.first(fact, now=now))

        await self._database.transact(work)


def _held(row: Token) -> dict[str, Any]:
    return {"_id": row["_id"], "fence": row["fence"]}


def _newer(channel: ChannelChanged) -> UpdateOne:
    number = {"generation": channel.generation, "renewal": channel.renewal}
    higher = [
        {"generation": {"$lt": channel.generation}},
        {"generation": channel.generation, "renewal": {"$lt": channel.renewal}},
    ]
    begun = {"ends_at": None, "renew_at": None, "failures": 0, "ending": False, "next_at": "$$NOW", "fence": NEXT_FENCE}
    return UpdateOne({"_id": channel.channel_id, "$or": higher}, [{"$set": number | begun}])


def _in_seconds(seconds: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", round(seconds * 1000)]}
