"""Posts and their deliveries as publisher told them: one document a post, its deliveries inside by id."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.console.store import fold
from services.console.store.fold import Stage
from shared.events.publisher.parts import DeliveryFact, PostFact
from shared.events.publisher.post_published import PostPublished
from shared.mongo.indexes import Index
from shared.mongo.operations import Document, UpdateOne

if TYPE_CHECKING:
    from shared.mongo.database import Database

PostChange = tuple[dict[str, str], list[Stage]]
PAGE = 60
COMING = ("draft", "waiting", "approved", "scheduled", "going_out")
PLANNED = ("draft", "waiting", "approved")
NEEDS_PEOPLE = ("failed", "rejected", "stranded")


class Posts:
    """Reads name the brands that a person was granted; writes are folds, each of one brand's post."""

    def __init__(self, database: "Database") -> None:
        self._posts = database.brand(
            "posts",
            Index(("brand_id", "state", "due_at")),
            Index(("brand_id", "-updated_at")),
            Index(("brand_id", "due_at")),
        )

    async def fold(self, changes: Sequence[tuple[Mapping[str, str], Sequence[Stage]]]) -> None:
        """Write many facts at once; see `Inbox.fold`."""
        updates = [UpdateOne(dict(post), stages, upsert=True) for post, stages in changes]
        await fold.write(self._posts, updates)

    async def get(self, brands: Sequence[str], post_id: str) -> Document | None:
        """One post, if it is of one of these brands."""
        return await self._posts.get({"_id": post_id, "brand_id": {"$in": list(brands)}, "post_no": {"$exists": True}})

    async def coming(self, brands: Sequence[str], limit: int = PAGE) -> list[Document]:
        """Posts that have not gone out: those with a time first, the soonest first."""
        wanted = {"brand_id": {"$in": list(brands)}, "state": {"$in": list(COMING)}}
        found = await self._posts.find(wanted, sort=("due_at", "_id"), limit=limit)
        return sorted(found, key=lambda post: (post.get("due_at") is None, post.get("due_at") or post["updated_at"]))

    async def between(self, brands: Sequence[str], begin: datetime, end: datetime, limit: int) -> list[Document]:
        """Posts with a time from `begin` (included) to `end` (not included), the soonest first; none taken back."""
        wanted = {"brand_id": {"$in": list(brands)}, "due_at": {"$gte": begin, "$lt": end}, **_not_taken_back()}
        return await self._posts.find(wanted, sort=("due_at", "_id"), limit=limit)

    async def undated(self, brands: Sequence[str], limit: int) -> list[Document]:
        """Posts that are written and have no time yet, the latest change first."""
        wanted = {"brand_id": {"$in": list(brands)}, "state": {"$in": list(PLANNED)}, "due_at": None}
        return await self._posts.find(wanted, sort=("-updated_at", "_id"), limit=limit)

    async def past(self, brands: Sequence[str], limit: int = PAGE) -> list[Document]:
        """Posts that went out or were cancelled, the latest first."""
        wanted = {"brand_id": {"$in": list(brands)}, "state": {"$in": ["published", "cancelled"]}}
        return await self._posts.find(wanted, sort=("-updated_at",), limit=limit)

    async def needing_people(self, brands: Sequence[str], limit: int = PAGE) -> list[Document]:
        """Posts with a delivery that a person must look at."""
        wanted = {"brand_id": {"$in": list(brands)}, "trouble": True}
        return await self._posts.find(wanted, sort=("-updated_at",), limit=limit)

    async def late(self, brands: Sequence[str], limit: int = PAGE) -> list[Document]:
        """Posts that did not leave because they were due too long ago, the latest due first."""
        wanted = {"brand_id": {"$in": list(brands)}, "state": "late"}
        return await self._posts.find(wanted, sort=("-due_at",), limit=limit)

    async def in_state(self, brands: Sequence[str], state: str, limit: int = PAGE) -> list[Document]:
        """Posts in a state (`waiting`, `going_out`), the soonest first."""
        wanted = {"brand_id": {"$in": list(brands)}, "state": state}
        return await self._posts.find(wanted, sort=("due_at", "_id"), limit=limit)

    async def sums(self, brands: Sequence[str]) -> dict[str, Document]:
        """For each brand how many posts were published, and how many deliveries failed or are not settled."""
        states = {"$map": {"input": {"$objectToArray": {"$ifNull": ["$deliveries", {}]}}, "in": "$$this.v.state"}}
        counted = {
            "published": {"$cond": [{"$eq": ["$state", "published"]}, 1, 0]},
            "failed": _how_many(states, ["failed"]),
            "unsettled": _how_many(states, ["unsettled", "stranded"]),
        }
        sums = {name: {"$sum": expression} for name, expression in counted.items()}
        wanted = {"brand_id": {"$in": list(brands)}}
        rows = await self._posts.aggregate([{"$match": wanted}, {"$group": {"_id": "$brand_id", **sums}}])
        return {row["_id"]: row for row in rows}

    async def sums_of_all(self, brands: Sequence[str]) -> dict[str, int]:
        """The sums over all brands together."""
        sums = await self.sums(brands)
        return {word: sum(row[word] for row in sums.values()) for word in ("published", "failed", "unsettled")}

    async def count_waiting(self, brands: Sequence[str]) -> int:
        """How many wait for an approval."""
        return await self._posts.count({"brand_id": {"$in": list(brands)}, "state": "waiting"})


def _not_taken_back() -> Mapping[str, Any]:
    return {"state": {"$ne": "cancelled"}, "post_no": {"$exists": True}}


def _how_many(states: Mapping[str, Any], wanted: Sequence[str]) -> Mapping[str, Any]:
    return {"$size": {"$filter": {"input": states, "cond": {"$in": ["$$this", list(wanted)]}}}}


def post_stages(fact: PostFact) -> list[Stage]:
    """A post's whole state after something happened to it."""
    values = fact.model_dump(exclude={"brand_id", "post_id", "epoch", "state", "seq"})
    told = {"told_state": fact.state, "told_seq": fact.seq}
    return _post([fold.newer("post_no", (fact.epoch, fact.seq), values | told)])


def published_stages(fact: PostPublished) -> list[Stage]:
    """Every delivery has ended."""
    values = {"published_seq": fact.seq, "published_at": fact.at}
    return _post([fold.newer("published_no", (fact.epoch, fact.seq), values)])


def delivery_stages(fact: DeliveryFact, state: str, result: Mapping[str, Any]) -> list[Stage]:
    """What became of one delivery."""
    values = {
        "delivery_id": fact.delivery_id,
        "channel_id": fact.channel_id,
        "network": fact.network,
        "state": state,
        "attempts": fact.attempts,
        "why": fact.why,
        "at": fact.at,
        **result,
    }
    return _post([fold.newer_part(f"deliveries.{fact.delivery_id}", (fact.epoch, fact.seq), values)])


def state_stages(state: Mapping[str, Any]) -> list[Stage]:
    """A post's state as publisher answered a command with it."""
    kept = ("title", "renditions", "timezone", "author", "approved_by", "person", "why")
    values = {name: state[name] for name in kept if name in state}
    values |= {"told_state": state["state"], "told_seq": state["seq"]}
    values |= {"due_at": _moment(state.get("due_at")), "at": _moment(state.get("at"))}
    stages = [fold.newer("post_no", (state.get("epoch", 0), state["seq"]), values)]
    for delivery in state.get("deliveries", ()):
        told = {**delivery, "at": _moment(delivery.get("updated_at")), "due_at": _moment(delivery.get("due_at"))}
        number = (delivery.get("epoch", 0), delivery.get("seq", 0))
        stages.append(fold.newer_part(f"deliveries.{delivery['delivery_id']}", number, told))
    return _post(stages)


def _post(stages: Sequence[Stage]) -> list[Stage]:
    states = {"$map": {"input": {"$objectToArray": {"$ifNull": ["$deliveries", {}]}}, "in": "$$this.v.state"}}
    stuck = {"$gt": [{"$size": {"$setIntersection": [states, list(NEEDS_PEOPLE)]}}, 0]}
    ended = {"$gt": ["$published_no", "$post_no"]}
    state = {"$cond": [ended, "published", "$told_state"]}
    trouble = {"$or": [stuck, {"$in": [state, ["late", "failed"]]}]}
    seq = {"$max": ["$told_seq", "$published_seq"]}
    return [*stages, {"$set": {"updated_at": "$$NOW", "trouble": trouble, "state": state, "seq": seq}}]


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
