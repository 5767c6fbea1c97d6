"""Did it get out? Own media and own comments since the attempt, matched by what they say: there is no key to ask by."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.networks.capabilities import Account, Gone, Published, Refused, Rendition, Target
from shared.networks.instagram.codes import caption
from shared.networks.instagram.polling import next_page
from shared.networks.meta.graph import Graph, GraphObject, moment
from shared.networks.sameness import fingerprint

SKEW = timedelta(seconds=30)  # between the network's clock and ours
PAGE = 50
MOST_PAGES = 10
MEDIA_FIELDS = "id,caption,timestamp,permalink,media_type,children{id}"
COMMENT_FIELDS = "id,text,timestamp,from"


async def find_post(graph: Graph, account: Account, rendition: Rendition, since: datetime) -> Sequence[Published]:
    """Every own medium since then with the same caption and as many pictures."""
    wanted, size = fingerprint(caption(rendition)), len(rendition.media)
    return [
        Published(str(one["id"]), str(one.get("permalink") or ""))
        async for one in _since(graph, account, f"{account.account_id}/media", MEDIA_FIELDS, since)
        if fingerprint(str(one.get("caption") or "")) == wanted and _size(one) == size
    ]


async def find_reply(graph: Graph, account: Account, target: Target, text: str, since: datetime) -> Sequence[Published]:
    """Every own answer since then, below the same comment, that says the same."""
    if target.extra.get("mention"):
        raise Refused("Instagram does not show what stands below what others posted", "unsupported")
    wanted = fingerprint(addressed(target, text))
    try:
        return [
            Published(str(one["id"]))
            async for one in _since(graph, account, place(target), COMMENT_FIELDS, since)
            if fingerprint(str(one.get("text") or "")) == wanted
            and (one.get("from") or {}).get("id") == account.account_id
        ]
    except Gone:
        return []


def place(target: Target) -> str:
    """The edge that an answer stands on: below the medium, or below the comment at the top."""
    if target.external_id == target.thread_external_id:
        return f"{target.external_id}/comments"
    return f"{target.extra.get('parent') or target.external_id}/replies"


def addressed(target: Target, text: str) -> str:
    """Below a comment all answers stand in one row: one to another answer names whom it is for."""
    handle = target.author_handle.lstrip("@")
    if not handle or not target.extra.get("parent") or f"@{handle}".lower() in text.lower():
        return text
    return f"@{handle} {text}"


def _size(found: GraphObject) -> int:
    return len((found.get("children") or {}).get("data") or (None,))


async def _since(graph: Graph, account: Account, path: str, fields: str, since: datetime) -> AsyncIterator[GraphObject]:
    """All objects since then over all pages; media come newest first, so older ones end it."""
    after: dict[str, Any] = {}
    for _ in range(MOST_PAGES):
        page = await graph.get(account, path, fields=fields, limit=PAGE, **after)
        found = page.get("data", ())
        for one in found:
            if moment(one["timestamp"]) >= since - SKEW:
                yield one
        further = next_page(page)
        beyond = path.endswith("/media") and found and moment(found[-1]["timestamp"]) < since - SKEW
        if further is None or beyond:
            return
        after = {"after": further}
    raise Refused("too much was said since to look through", "unsupported")
