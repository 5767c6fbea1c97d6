"""Counts audiences: anew where criteria changed or another day has come, else as people come and go."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.campaigns.store.campaigns import Campaign, Campaigns, key_of, people_of
from services.campaigns.store.profiles import Profiles
from shared.epochs import Epochs
from shared.errors import Conflict
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction

# A transaction lasts 5 s at most: one that began before criteria changed has ended by then.
SETTLES = timedelta(seconds=10)
TOLD_EVERY = timedelta(minutes=1)  # that people came or went, to a network whose ads are on


@dataclass(frozen=True, slots=True)
class Counting:
    """What counting needs."""

    database: Database
    campaigns: Campaigns
    profiles: Profiles
    epochs: Epochs

    async def count(self) -> None:
        """Every audience that is kept."""
        now, brands = await self.database.now(), defaultdict(list)
        for campaign in await self.campaigns.addressing():
            brands[campaign["brand_id"]].append(campaign)
        for brand_id, campaigns in brands.items():
            if any(_stale(one, now) for one in campaigns):
                await self.profiles.recount(brand_id, now.isoformat(), now)
            for one in campaigns:
                await self._note(one, now)
                if _to_tell(one, now):
                    await self.campaigns.wish_again(one)

    async def _note(self, campaign: Campaign, now: datetime) -> None:
        """Its size, where that is news."""
        before = campaign["audience"]
        size = await self.profiles.count(campaign["brand_id"], key_of(campaign))
        settled = before["settled"] or _settles(campaign, now)
        after = {**before, "size": size, "counted": before["number"], "day": now.date().isoformat(), "settled": settled}
        if after == before:
            return
        epoch = (await self.epochs.current()).value

        async def work(tx: Transaction) -> None:
            changes = {"audience": after}
            if before["size"] == size:
                await self.campaigns.note_audience(campaign, after, tx=tx)
            else:
                await self.campaigns.change(campaign, changes, tx=tx, now=now, epoch=epoch, measured=True)

        try:
            await self.database.transact(work)
        except Conflict:
            return  # somebody changed it meanwhile: counted again in the next turn


def _stale(campaign: Campaign, now: datetime) -> bool:
    audience = campaign["audience"]
    known = (audience["counted"], audience["day"]) == (audience["number"], now.date().isoformat())
    return not known or (not audience["settled"] and _settles(campaign, now))


def _settles(campaign: Campaign, now: datetime) -> bool:
    return bool(now - campaign["audience"]["at"] >= SETTLES)


def _to_tell(campaign: Campaign, now: datetime) -> bool:
    """Its network addresses other people than it should, and was not told for a while."""
    known = campaign["addressed"] == people_of(campaign) or campaign["driven"] != campaign["order"]
    return campaign["serving"] and not known and now - campaign["addressed_at"] >= TOLD_EVERY
