"""Posts and their deliveries as people's commands see them: within one brand."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.publisher.store.deliveries import INDEXES
from shared.errors import Conflict, NotFound
from shared.events.ids import derive
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.transactions import Transaction

Post = dict[str, Any]


class Posts:
    """The collections `posts` and `deliveries` of one brand at a time."""

    def __init__(self, database: Database) -> None:
        self._posts = database.brand("posts", Index(("brand_id", "-updated_at")))
        self._deliveries = database.brand("deliveries", *INDEXES)

    async def get(self, brand_id: str, post_id: str, *, tx: Transaction | None = None) -> Post:
        """The post; `NotFound` where this brand has none of that id."""
        post = await self._posts.get({"_id": post_id, "brand_id": brand_id}, tx=tx)
        if post is None:
            raise NotFound(f"no post {post_id} of this brand")
        return post

    async def find(self, brand_id: str, post_id: str, *, tx: Transaction | None = None) -> Post | None:
        """The post, if there is one."""
        return await self._posts.get({"_id": post_id, "brand_id": brand_id}, tx=tx)

    async def add(self, post: Post, *, tx: Transaction) -> None:
        """A new post."""
        await self._posts.insert(post, tx=tx)

    async def change(self, post: Post, changes: Mapping[str, Any], *, tx: Transaction) -> Post:
        """Raise `seq` and set `changes`, where nobody did meanwhile; else `Conflict` with the current state."""
        changed = await self._posts.find_and_update(
            {"_id": post["_id"], "brand_id": post["brand_id"], "seq": post["seq"]},
            {"$set": dict(changes), "$inc": {"seq": 1}, "$currentDate": {"updated_at": True}},
            tx=tx,
        )
        if changed is None:
            raise Conflict(dict(post))
        return changed

    async def deliveries(self, brand_id: str, post_id: str, *, tx: Transaction | None = None) -> list[dict[str, Any]]:
        """The post's deliveries, one a channel."""
        return await self._deliveries.find({"brand_id": brand_id, "post_id": post_id}, sort="channel_id", tx=tx)

    async def find_delivery(
        self, brand_id: str, delivery_id: str, *, tx: Transaction | None = None
    ) -> dict[str, Any] | None:
        """One delivery, if there is one."""
        return await self._deliveries.get({"_id": delivery_id, "brand_id": brand_id}, tx=tx)

    async def delivery(self, brand_id: str, delivery_id: str, *, tx: Transaction | None = None) -> dict[str, Any]:
        """One delivery; `NotFound` where this brand has none of that id."""
        found = await self.find_delivery(brand_id, delivery_id, tx=tx)
        if found is None:
            raise NotFound(f"no delivery {delivery_id} of this brand")
        return found

    async def add_delivery(self, delivery: dict[str, Any], *, tx: Transaction) -> None:
        """A delivery of its own (a reply)."""
        await self._deliveries.insert(delivery, tx=tx)

    async def expect_deliveries(self, post: Post, epoch: int, due: Any, *, tx: Transaction) -> int:
        """One delivery a rendition, due at `due` (a date, or `$$NOW`); what a network has already is not sent again."""
        known = {one["_id"]: one for one in await self.deliveries(post["brand_id"], post["_id"], tx=tx)}
        opened = 0
        wanted: set[str] = set()
        for rendition in post["renditions"]:
            delivery_id = derive("delivery", post["_id"], rendition["channel_id"])
            wanted.add(delivery_id)
            if known.get(delivery_id, {}).get("state") == "confirmed":
                continue
            opened += 1
            await self._deliveries.update(
                {"_id": delivery_id, "brand_id": post["brand_id"]},
                [{"$set": _scheduled(post, rendition, epoch, due)}],
                upsert=True,
                tx=tx,
            )
        await self._cancel([one for one in known if one not in wanted], post["brand_id"], tx)
        return opened

    async def withdraw(self, post: Post, state: str, *, tx: Transaction) -> None:
        """Take back what has not left: `Conflict` where a delivery is already under way."""
        for delivery in await self.deliveries(post["brand_id"], post["_id"], tx=tx):
            if delivery["state"] in ("claimed", "sending", "unknown", "stranded"):
                raise Conflict(dict(post), f"the delivery to {delivery['network']} is already {delivery['state']}")
            if delivery["state"] in ("scheduled", "late"):
                await self._deliveries.update(
                    {"_id": delivery["_id"], "brand_id": post["brand_id"], "state": delivery["state"]},
                    {"$set": {"state": state}, "$inc": {"fence": 1, "seq": 1}},
                    tx=tx,
                )

    async def _cancel(self, ids: Sequence[str], brand_id: str, tx: Transaction) -> None:
        """A channel that was taken off the post. Its row stays: its number must go on if the channel comes back."""
        if ids:
            await self._deliveries.update_many(
                {"_id": {"$in": list(ids)}, "brand_id": brand_id, "state": "rejected"},
                {"$set": {"state": "cancelled"}, "$inc": {"fence": 1, "seq": 1}},
                tx=tx,
            )


def _scheduled(post: Post, rendition: Mapping[str, Any], epoch: int, due: Any) -> dict[str, Any]:
    return {
        "kind": "post",
        "post_id": post["_id"],
        "channel_id": rendition["channel_id"],
        "network": rendition["network"],
        "rendition": {"$literal": dict(rendition)},
        "state": "scheduled",
        "due_at": due,
        "promised_at": due,
        # the post's own time where it has one: a restored store that makes this row anew finds what left before
        "created_at": {"$ifNull": ["$created_at", post.get("created_at") or "$$NOW"]},
        "fence": {"$add": [{"$ifNull": ["$fence", 0]}, 1]},
        "seq": {"$ifNull": ["$seq", 0]},
        "attempts": {"$ifNull": ["$attempts", 0]},
        "not_sent": 0,
        "looks": 0,
        "troubles": 0,
        "remote_id": "",
        "url": "",
        "why": "",
        "person": {"$literal": post.get("scheduled_by", post["author"])},
        "trace": {"$literal": post.get("trace")},
        "epoch": {"$ifNull": ["$epoch", post.get("epoch", epoch)]},
        "updated_at": "$$NOW",
    }
