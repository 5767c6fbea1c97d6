"""What the console shows, for other systems: the inbox, single interactions and posts."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Query
from fastapi.encoders import jsonable_encoder

from services.console.api import examples
from services.console.api.access import Operator
from services.console.resources import Console
from shared.commands import answers
from shared.errors import NotFound
from shared.problems import responses

router = APIRouter(
    prefix="/api/v1/brands/{brand_id}", tags=["reads"], dependencies=[Operator], responses=responses(401, 404)
)
SHOWN = (
    "text",
    "revision",
    "author",
    "author_is_brand",
    "kind",
    "network",
    "channel_id",
    "thread_id",
    "external_id",
    "place",
    "visibility",
    "backfill",
    "said_at",
    "seen_at",
    "state",
    "verdict",
    "answered_at",
)


@router.get("/inbox", responses=answers(200, {"items": [examples.INTERACTION]}, "The newest first"))
async def inbox(
    brand_id: str, console: Console, state: str = "", limit: int = Query(50, ge=1, le=500)
) -> dict[str, Any]:
    """The newest first; of one state (to_answer, held, hidden, done, earlier, deleted) where named."""
    rows = await console.inbox.latest(brand_id, state, limit)
    return {"items": [_item(row) for row in rows]}


@router.get("/interactions/{interaction_id}", responses=answers(200, examples.INTERACTION, "The interaction"))
async def interaction(brand_id: str, interaction_id: str, console: Console) -> dict[str, Any]:
    """One interaction with its verdict, case, actions and replies."""
    row = await console.inbox.get([brand_id], interaction_id)
    if row is None or ("deleted" not in row and "text_no" not in row):
        raise NotFound(f"no interaction {interaction_id} of this brand")
    return _item(row)


@router.get("/posts/{post_id}", responses=answers(200, examples.POST, "The post"))
async def post(brand_id: str, post_id: str, console: Console) -> dict[str, Any]:
    """One post with its deliveries."""
    row = await console.posts.get([brand_id], post_id)
    if row is None:
        raise NotFound(f"no post {post_id} of this brand")
    deliveries = sorted(row.get("deliveries", {}).values(), key=lambda one: str(one["channel_id"]))
    kept = ("state", "seq", "title", "renditions", "due_at", "timezone", "author", "approved_by", "why")
    shown = {name: row.get(name) for name in kept}
    return _plain({"post_id": row["_id"], **shown, "deliveries": deliveries})


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    opened, case = row.get("opened"), row.get("case")
    acts = [{"action_id": action_id, **act} for action_id, act in row.get("actions", {}).items()]
    return _plain(
        {
            "interaction_id": row["_id"],
            "deleted": bool(row.get("deleted")),
            **{name: row.get(name) for name in SHOWN},
            "case": {**(opened or {}), **case} if case and "case_id" in case else None,
            "replies": [one for one in acts if one["action"] == "reply"],
            "actions": [one for one in acts if one["action"] != "reply"],
        }
    )


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = jsonable_encoder(document)
    return plain
