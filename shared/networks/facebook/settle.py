"""Did it get out? The page's own feed since the attempt, matched by author and text: Graph has no idempotency key."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.networks.capabilities import Account, Gone, Published, Refused, Rendition, Target
from shared.networks.facebook.codes import message
from shared.networks.meta.graph import Graph, GraphObject, moment
from shared.networks.sameness import fingerprint

SKEW = timedelta(seconds=30)  # between the network's clock and ours
PAGE = 100
MOST_PAGES = 10
POST_FIELDS = "id,message,created_time,permalink_url,from{id,name},attachments{type,unshimmed_url,url,subattachments}"
COMMENT_FIELDS = "id,message,created_time,permalink_url,from{id,name}"


async def find_post(graph: Graph, account: Account, rendition: Rendition, since: datetime) -> Sequence[Published]:
    """Every own post since then that says the same; without text, that shows the link or as many photos."""
    wanted, found = fingerprint(message(rendition)), []
    query = {"fields": POST_FIELDS, "since": _seconds(since)}
    async for post in _all(graph, account, f"{account.account_id}/feed", query, since):
        said = fingerprint(str(post.get("message") or ""))
        if said == wanted and (wanted or _shows(post, rendition)) and _is_own(post, account):
            found.append(published(post))
    return found


async def find_reply(graph: Graph, account: Account, target: Target, text: str, since: datetime) -> Sequence[Published]:
    """Every own comment of the thread since then that says the same: an answer to an answer moves up a level."""
    wanted = fingerprint(text)
    query = {"fields": COMMENT_FIELDS, "since": _seconds(since), "filter": "stream", "order": "reverse_chronological"}
    path = f"{target.thread_external_id or target.external_id}/comments"
    try:
        return [
            published(comment)
            async for comment in _all(graph, account, path, query, since)
            if _is_own(comment, account) and fingerprint(str(comment.get("message") or "")) == wanted
        ]
    except Gone:
        return []


def published(found: GraphObject) -> Published:
    return Published(str(found["id"]), str(found.get("permalink_url") or ""))


async def _all(
    graph: Graph, account: Account, path: str, query: Mapping[str, Any], since: datetime
) -> AsyncIterator[GraphObject]:
    """All objects since then over all pages, newest first; `Refused` where there are too many to say what is absent."""
    after: Mapping[str, str] = {}
    for _ in range(MOST_PAGES):
        page = await graph.get(account, path, limit=PAGE, **query, **after)
        for one in page.get("data", ()):
            if moment(one["created_time"]) >= since - SKEW:
                yield one
        if not page.get("paging", {}).get("next"):
            return
        after = {"after": page["paging"]["cursors"]["after"]}
    raise Refused("too much was said since to look through", "unsupported")


def _shows(post: GraphObject, rendition: Rendition) -> bool:
    if rendition.media:
        return _photos(post) == len(rendition.media)
    return rendition.link in _links(post)


def _photos(post: GraphObject) -> int:
    """Several are one attachment, an album, with one below it for each."""
    shown = [one for one in (post.get("attachments") or {}).get("data", ()) if one.get("type") != "share"]
    return sum(len((one.get("subattachments") or {}).get("data") or (one,)) for one in shown)


def _links(post: GraphObject) -> set[str]:
    shown = (post.get("attachments") or {}).get("data", ())
    return {str(one.get(name)) for one in shown for name in ("unshimmed_url", "url") if one.get(name)}


def _is_own(found: GraphObject, account: Account) -> bool:
    return (found.get("from") or {}).get("id") == account.account_id


def _seconds(since: datetime) -> int:
    return int((since - SKEW).timestamp())
