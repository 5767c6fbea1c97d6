"""Agencies, brands and channels: console owns them, and states each change in the transaction that makes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from services.console.domain.brands import next_tone
from services.console.domain.networks import account_key
from services.console.store.members import Members
from services.console.store.statements import agency_stated, brand_stated, channel_stated, erased, state
from shared.directory import Entry
from shared.mongo.indexes import Index
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction


class UnknownAgency(Exception):
    """A brand was put into an agency that is not there."""


class UnknownBrand(Exception):
    """A channel was put under a brand that is not there."""


class AccountTaken(Exception):
    """The network's account is connected as another channel already."""


class DirectoryStore:
    """A change that changes nothing states nothing, so that putting the same again is free."""

    def __init__(self, database: "Database", members: Members) -> None:
        self._database = database
        self._members = members
        self._agencies = database.system("agencies")  # system: an agency stands above its brands
        self._brands = database.brand("brands", Index(("brand_id",)))
        self._all_brands = database.system("brands")  # system: an operator's and an agency's list of brands
        self._keys = database.brand("brandKeys")
        self._channels = database.brand("channels", Index(("brand_id", "network")))
        self._all_channels = database.system("channels")  # system: what the directory must say of all brands
        self._accounts = database.system("accounts")  # system: one account, one channel, whichever brand

    async def brands(self, brand_ids: Sequence[str]) -> list[Document]:
        """The brands of these ids, by name."""
        return await self._brands.find({"brand_id": {"$in": list(brand_ids)}}, sort=("name",))

    async def brand(self, brand_id: str) -> Document | None:
        """One brand."""
        return await self._brands.get({"_id": brand_id, "brand_id": brand_id})

    async def brands_of_agency(self, agency_id: str) -> list[str]:
        """The ids of an agency's brands, for granting roles on all of them."""
        return [brand["_id"] for brand in await self._all_brands.find({"agency_id": agency_id}, projection={"_id": 1})]

    async def brand_names(self, agency_id: str = "") -> dict[str, str]:
        """Id and name of every brand (of one agency), for the operator."""
        wanted = {"agency_id": agency_id} if agency_id else {}
        brands = await self._all_brands.find(wanted, sort=("name",), projection={"name": 1})
        return {brand["_id"]: brand["name"] for brand in brands}

    async def all_brands(self) -> list[Document]:
        """Every brand of the deployment, for operators."""
        return await self._all_brands.find({}, sort=("name",))

    async def channels(self, brand_ids: Sequence[str]) -> list[Document]:
        """The channels of these brands."""
        return await self._channels.find({"brand_id": {"$in": list(brand_ids)}}, sort=("brand_id", "network", "name"))

    async def channel(self, brand_id: str, channel_id: str) -> Document | None:
        """One channel of a brand."""
        return await self._channels.get({"_id": channel_id, "brand_id": brand_id})

    async def second_for_spend(self, brand_id: str) -> bool:
        """Whether the brand's agency asks for a second person where a hold's spend is released."""
        brand = await self.brand(brand_id)
        agency = await self._agencies.get({"_id": brand["agency_id"]}) if brand else None
        return bool((agency or {}).get("second_for_spend"))

    async def agency(self, agency_id: str) -> Document | None:
        """One agency."""
        return await self._agencies.get({"_id": agency_id})

    async def needs_second_step(self, agency_id: str) -> bool:
        """Whether an agency's members need a second step to sign in."""
        return bool((await self.agency(agency_id) or {}).get("second_step"))

    async def put_agency(self, agency_id: str, fields: Mapping[str, Any], now: datetime, *, after: int = 0) -> Document:
        """Make or change an agency; `after` as `put_brand` has it."""

        async def work(tx: "Transaction") -> Document:
            known = await self._agencies.get({"_id": agency_id}, tx=tx)
            if known is not None and _stands(known, fields, after):
                return known
            agency = {**(known or {}), "_id": agency_id, **fields, "seq": _next(known, after)}
            await self._agencies.replace({"_id": agency_id}, agency, upsert=True, tx=tx)
            state(tx, agency_stated(agency), now)
            return agency

        return await self._database.transact(work)

    async def put_brand(self, brand_id: str, fields: Mapping[str, Any], now: datetime, *, after: int = 0) -> Document:
        """Make or change a brand; raises `UnknownAgency`. `after`: the number under which these fields were stated
        before; they are put where the store knows a lower one, and stated under a higher."""

        async def work(tx: "Transaction") -> Document:
            if await self._agencies.get({"_id": fields["agency_id"]}, tx=tx) is None:
                raise UnknownAgency(fields["agency_id"])
            known = await self._brands.get({"_id": brand_id, "brand_id": brand_id}, tx=tx)
            if known is not None and _stands(known, fields, after):
                return known
            brand = {**(known or {}), **fields, "_id": brand_id, "brand_id": brand_id, "seq": _next(known, after)}
            if known is None:
                brand["tone"] = next_tone(await self._all_brands.count({"agency_id": fields["agency_id"]}, tx=tx))
            await self._brands.replace({"_id": brand_id, "brand_id": brand_id}, brand, upsert=True, tx=tx)
            if known is not None and known["agency_id"] != fields["agency_id"]:
                await self._members.revoke_brand(known["agency_id"], brand_id, tx)
                await self._keys.delete({"brand_id": brand_id}, tx=tx)
            if known is None or known["agency_id"] != fields["agency_id"]:
                await self._members.grant_new_brand(fields["agency_id"], brand_id, tx)
            state(tx, brand_stated(brand), now)
            return brand

        return await self._database.transact(work)

    async def connect(self, channel_id: str, fields: Mapping[str, Any], now: datetime) -> Document:
        """Connect a channel, or connect it again: the token's generation is raised, its renewals begin anew.

        One that was not disconnected goes on where it was: what was said while its token was lost is news, no backfill.
        `fields` carry the token sealed. Raises `UnknownBrand` and `AccountTaken`.
        """
        brand_id, account = fields["brand_id"], account_key(fields)

        async def work(tx: "Transaction") -> Document:
            if await self._brands.get({"_id": brand_id, "brand_id": brand_id}, tx=tx) is None:
                raise UnknownBrand(brand_id)
            holder = await self._accounts.get({"_id": account}, tx=tx)
            if holder is not None and holder["channel_id"] != channel_id:
                raise AccountTaken(account)
            known = await self._channels.get({"_id": channel_id, "brand_id": brand_id}, tx=tx) or {}
            raised = {"generation": known.get("generation", 0) + 1, "renewal": 0, "status": "active"}
            channel = {**known, **fields, **raised, "_id": channel_id, "channel_id": channel_id}
            channel["connected_at"] = fields.get("connected_at") or _listening_since(known, account) or now
            await self._own(channel, tx)
            return await self._write(channel, now, tx)

        return await self._database.transact(work)

    async def put_back(self, channel_id: str, fields: Mapping[str, Any], now: datetime, *, after: int) -> None:
        """A channel as it was stated before, with its token, and no other brand's; `after` as `put_brand` has it."""

        async def work(tx: "Transaction") -> None:
            await self._all_channels.delete({"_id": channel_id, "brand_id": {"$ne": fields["brand_id"]}}, tx=tx)
            known = await self._channels.get({"_id": channel_id, "brand_id": fields["brand_id"]}, tx=tx)
            if known is not None and _stands(known, fields, after):
                return
            channel = {**(known or {}), **fields, "_id": channel_id, "channel_id": channel_id}
            if channel["status"] == "disconnected":
                await self._accounts.delete({"channel_id": channel_id}, tx=tx)
            else:
                await self._own(channel, tx)
            await self._write(channel, now, tx, after)

        await self._database.transact(work)

    async def change_channel(
        self, brand_id: str, channel_id: str, changes: Mapping[str, Any], now: datetime
    ) -> Document | None:
        """Set fields of a channel that is there (`status`, token); None where it is not. Of tokens the higher
        (generation, renewal) wins: an older one changes nothing."""

        async def work(tx: "Transaction") -> Document | None:
            known = await self._channels.get({"_id": channel_id, "brand_id": brand_id}, tx=tx)
            if (
                known is None
                or known["status"] == "disconnected"
                or _token_number(changes, known) < _token_number(known, known)
            ):
                return known
            if all(known.get(name) == value for name, value in changes.items()):
                return known
            if changes.get("status") == "disconnected":
                await self._accounts.delete({"channel_id": channel_id}, tx=tx)
            return await self._write({**known, **changes}, now, tx)

        return await self._database.transact(work)

    async def remove_brand(self, brand_id: str, tx: "Transaction") -> None:
        """Nobody finds the brand or its channels any more, here or elsewhere: null erases their keys in the directory.

        Raises `UnknownBrand`.
        """
        brand = await self._brands.get({"_id": brand_id, "brand_id": brand_id}, tx=tx)
        if brand is None:
            raise UnknownBrand(brand_id)
        channels = await self._channels.find({"brand_id": brand_id}, projection=["_id"], tx=tx)
        for what in ("brand", "hold", *(f"channel:{channel['_id']}" for channel in channels)):
            tx.emit(erased(f"{brand_id}:{what}"))
        await self._brands.delete({"brand_id": brand_id}, tx=tx)
        await self._channels.delete({"brand_id": brand_id}, tx=tx)
        await self._accounts.delete({"brand_id": brand_id}, tx=tx)
        await self._members.revoke_brand(brand["agency_id"], brand_id, tx)

    async def standing(self) -> list[Entry]:
        """What the newest statement about each agency, brand and channel says."""
        agencies, brands = await self._agencies.find({}), await self._all_brands.find({})
        channels = await self._all_channels.find({})
        return [
            *(agency_stated(row) for row in agencies),
            *(brand_stated(row) for row in brands),
            *(channel_stated(row) for row in channels),
        ]

    async def _own(self, channel: Document, tx: "Transaction") -> None:
        """The account is this channel's, and no other account is."""
        owner = {"_id": account_key(channel), "channel_id": channel["_id"], "brand_id": channel["brand_id"]}
        await self._accounts.delete({"channel_id": owner["channel_id"], "_id": {"$ne": owner["_id"]}}, tx=tx)
        await self._accounts.replace({"_id": owner["_id"]}, owner, upsert=True, tx=tx)

    async def _write(self, channel: Document, now: datetime, tx: "Transaction", after: int = 0) -> Document:
        channel["seq"] = _next(channel, after)
        place = {"_id": channel["_id"], "brand_id": channel["brand_id"]}
        await self._channels.replace(place, channel, upsert=True, tx=tx)
        state(tx, channel_stated(channel), now)
        return channel


def _listening_since(known: Mapping[str, Any], account: str) -> datetime | None:
    """Since when the channel as it was has listened to this account; None where it has not, or was told to stop."""
    if not known or known["status"] == "disconnected" or account_key(known) != account:
        return None
    return cast(datetime, known["connected_at"])


def _stands(known: Document, fields: Mapping[str, Any], after: int) -> bool:
    """Whether nothing is to be written: it is so already, or something newer is known."""
    return known["seq"] >= after if after else all(known.get(name) == value for name, value in fields.items())


def _next(known: Document | None, after: int) -> int:
    return max(int((known or {}).get("seq", 0)), after) + 1


def _token_number(source: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[int, int]:
    return source.get("generation", known["generation"]), source.get("renewal", known["renewal"])
