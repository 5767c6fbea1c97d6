"""Campaigns: one document each, changed by compare-and-set on its number, and stated in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.campaigns.domain.campaign import recalled
from services.campaigns.domain.statements import campaign_fact, kind_of
from shared.bus.envelope import Outgoing
from shared.errors import Conflict, NotFound
from shared.events.campaigns.parts import CampaignFact
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.transactions import Transaction

Campaign = dict[str, Any]
LIVE = ["running", "paused"]
# What its ad network has to be told of.
WISHED = ("name", "serving", "budget", "arms")
# Over, with creatives side by side, and their counts not yet stated.
COMPARED = {"state": "ended", "arms.1": {"$exists": True}, "concluded_at": None}


class Campaigns:
    """The `campaigns` collection. `order` numbers what is wished of the ad network, `driven` what it has confirmed."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("campaigns", Index(("brand_id", "created_at")), Index(("state", "_id")))
        self._all = database.system("campaigns")  # system: the loops that steer and report serve all brands

    async def get(self, brand_id: str, campaign_id: str, *, tx: Transaction | None = None) -> Campaign:
        """One of this brand, else `NotFound`."""
        found = await self.find(brand_id, campaign_id, tx=tx)
        if found is None:
            raise NotFound(f"no campaign {campaign_id} of this brand")
        return found

    async def find(self, brand_id: str, campaign_id: str, *, tx: Transaction | None = None) -> Campaign | None:
        """One of this brand, if it is there."""
        return await self._rows.get({"_id": campaign_id, "brand_id": brand_id}, tx=tx)

    async def add(self, campaign: Campaign, *, tx: Transaction) -> None:
        """A new one."""
        await self._rows.insert(campaign, tx=tx)

    async def change(
        self,
        campaign: Campaign,
        changes: Mapping[str, Any],
        *,
        tx: Transaction,
        now: datetime,
        epoch: int,
        measured: bool = False,
    ) -> Campaign:
        """Raise `seq`, set `changes`, state it; `Conflict` where somebody else changed it meanwhile.

        What is only `measured` leaves `acted`, the number of the last act that a person has to have seen, as it was.
        """
        acted = campaign["acted"] if measured else campaign["seq"] + 1
        wished = any(name in changes and changes[name] != campaign[name] for name in WISHED)
        asked = {"ask_at": now} if wished else {}  # whatever the wish before had to wait for
        changed = await self._rows.find_and_update(
            {"_id": campaign["_id"], "brand_id": campaign["brand_id"], "seq": campaign["seq"]},
            {"$set": {**changes, **asked, "acted": acted, "changed_at": now}, "$inc": {"seq": 1, "order": int(wished)}},
            tx=tx,
        )
        if changed is None:
            raise Conflict(dict(campaign))
        self.state(changed, kind_of(campaign, changed), tx=tx, now=now, epoch=epoch)
        return changed

    async def recall(self, fact: CampaignFact, *, tx: Transaction, now: datetime, epoch: int) -> None:
        """Keep what was stated last, where a restore made the store forget it, and state what becomes of it."""
        about = {"_id": fact.campaign_id, "brand_id": fact.brand_id}
        campaign = recalled(fact, await self._rows.get(about, tx=tx), now)
        if campaign is not None:
            await self._rows.replace(about, campaign, upsert=True, tx=tx)
            before = fact.model_dump(include={"state", "cause", "serving"})
            self.state(campaign, kind_of(before, campaign), tx=tx, now=now, epoch=epoch)

    async def note(self, campaign: Campaign, changes: Mapping[str, Any], *, tx: Transaction | None = None) -> None:
        """Write down what no fact of its own tells."""
        about = {"_id": campaign["_id"], "brand_id": campaign["brand_id"]}
        await self._rows.update(about, {"$set": dict(changes)}, tx=tx)

    async def note_audience(self, campaign: Campaign, audience: Mapping[str, Any], *, tx: Transaction) -> None:
        """It was counted, and came to the same; nothing where its criteria changed meanwhile."""
        about = {"_id": campaign["_id"], "brand_id": campaign["brand_id"], "audience.number": audience["number"]}
        await self._rows.update(about, {"$set": {"audience": dict(audience)}}, tx=tx)

    @staticmethod
    def state(campaign: Campaign, kind: type[CampaignFact], *, tx: Transaction, now: datetime, epoch: int) -> None:
        """Say it, through the outbox."""
        tx.emit(Outgoing.first(campaign_fact(kind, campaign, at=now, epoch=epoch), now=now))

    async def audiences(self, brand_id: str, *, tx: Transaction) -> list[Campaign]:
        """The audiences that the brand's people may belong to."""
        wanted = {"brand_id": brand_id, "state": {"$ne": "ended"}}
        return await self._rows.find(wanted, projection=["criteria", "audience"], sort="_id", tx=tx)

    async def live(self, brand_ids: Sequence[str] | None = None) -> list[Campaign]:
        """Those that run or are paused, of these brands or of all."""
        if brand_ids is None:
            return await self._all.find({"state": {"$in": LIVE}})
        return await self._rows.find({"brand_id": {"$in": list(brand_ids)}, "state": {"$in": LIVE}})

    async def addressing(self) -> list[Campaign]:
        """Those of all brands whose audience is kept."""
        return await self._all.find({"state": {"$ne": "ended"}})

    async def to_report(self, since: datetime) -> list[Campaign]:
        """Those that their ad network knows: live, not over for long, or compared and not concluded."""
        over = {"state": "ended", "changed_at": {"$gte": since}, "concluded_at": None}
        return await self._all.find({"driven": {"$gt": 0}, "$or": [{"state": {"$in": LIVE}}, over, COMPARED]})

    async def to_conclude(self, since: datetime) -> list[Campaign]:
        """Those that ended before a moment, and whose comparison is not concluded."""
        return await self._all.find({"driven": {"$gt": 0}, "turned_at": {"$lte": since}, **COMPARED})

    async def wish_again(self, campaign: Campaign) -> None:
        """The ad network shows something else than it confirmed."""
        about = {"_id": campaign["_id"], "brand_id": campaign["brand_id"], "order": campaign["order"]}
        await self._rows.update(about, {"$inc": {"order": 1}})


def key_of(campaign: Mapping[str, Any]) -> str:
    """The name of an audience as it is now: other criteria make another audience."""
    return f"{campaign['_id']}:{campaign['audience']['number']}"


def people_of(campaign: Mapping[str, Any]) -> str:
    """Which audience, of how many: another one has to be told to the network."""
    return f"{key_of(campaign)}/{campaign['audience']['size']}"
