"""Accounts of Mastodon are kept under their server's name too: each server numbers its own."""

from typing import TYPE_CHECKING

from services.console.domain.networks import account_key

if TYPE_CHECKING:
    from shared.mongo.database import Database


async def apply(database: "Database") -> None:
    """The account of each channel that is connected."""
    accounts = database.system("accounts")  # system: one account, one channel, whichever brand
    connected = {"network": "mastodon", "status": {"$ne": "disconnected"}}
    for channel in await database.system("channels").find(connected):  # system: the channels of all brands
        owner = {"_id": account_key(channel), "channel_id": channel["_id"], "brand_id": channel["brand_id"]}
        await accounts.replace({"_id": owner["_id"]}, owner, upsert=True)
        await accounts.delete({"channel_id": owner["channel_id"], "_id": {"$ne": owner["_id"]}})
