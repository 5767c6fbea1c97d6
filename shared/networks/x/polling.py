"""Reading what concerns an account: its own posts, and those that name it, which answers to it do by themselves.

Each read is paid for, so nothing is read twice: an edit has a new id and comes as something new, and only a webhook
tells of a deletion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.networks.capabilities import Account, Page, RawChange
from shared.networks.x.api import Found, XApi
from shared.networks.x.inbound import raw_post

CALLS = 5
PAGE = 100
WINDOW = timedelta(days=7)
BOUND = "edits as they come; deletions only by webhook"
FIELDS: Mapping[str, str] = {
    "post.fields": "id,text,created_at,conversation_id,lang,entities,attachments,note_post",
    "expansions": "author_id,attachments.media_keys,referenced_posts,edit_history_post_ids",
    "user.fields": "id,name,username",
    "media.fields": "media_key,type,url,preview_image_url,alt_text",
}
FEEDS: Mapping[str, Mapping[str, str]] = {"tweets": {"exclude": "retweets"}, "mentions": {}}


@dataclass(slots=True)
class Walk:
    """A reading under way. `feeds` are still to be read, `token` is where in the first of them; `newest` a feed."""

    began: str
    since: str
    feeds: list[str] = field(default_factory=lambda: list(FEEDS))
    token: str = ""
    last: dict[str, str] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)


async def poll(api: XApi, account: Account, cursor: Mapping[str, Any]) -> Page:
    """Some pages; `more` says that there are further ones. What it covers is told at its end."""
    walk = Walk(**cursor["walk"]) if "walk" in cursor else None
    changes: list[RawChange] = []
    for _ in range(CALLS):
        if walk is not None and not walk.feeds:
            break
        walk = await _read(api, account, cursor, walk, changes)
    if walk is None or walk.feeds:
        state = {name: getattr(walk, name) for name in Walk.__slots__} if walk else {}
        return Page(changes=changes, cursor={"walk": state} if state else cursor, more=True)
    return Page(
        changes=changes,
        cursor={"until": walk.began, "last": {**walk.last, **walk.newest}},
        covered_from=datetime.fromisoformat(walk.since),
        covered_until=datetime.fromisoformat(walk.began),
    )


async def _read(
    api: XApi, account: Account, cursor: Mapping[str, Any], walk: Walk | None, changes: list[RawChange]
) -> Walk:
    """One page of the feed that is being read; the first call tells the network's own time."""
    last = walk.last if walk else dict(cursor.get("last") or {})
    feed = walk.feeds[0] if walk else next(iter(FEEDS))
    query: dict[str, Any] = {**FIELDS, **FEEDS[feed], "max_results": PAGE}
    query |= {"since_id": last[feed]} if last.get(feed) else {}
    query |= {"pagination_token": walk.token} if walk and walk.token else {}
    found, now = await api.dated(account, f"users/{account.account_id}/{feed}", **query)
    since = cursor.get("until") or (now - WINDOW).isoformat()
    walk = walk or Walk(began=now.isoformat(), since=since, last=last)
    changes += [raw_post(account.account_id, one, found.get("includes")) for one in found.get("data") or ()]
    _turn(walk, feed, found, now)
    return walk


def _turn(walk: Walk, feed: str, found: Found, now: datetime) -> None:
    """To the next page, or after the last, or beyond the window, to the next feed."""
    meta, posts = found.get("meta") or {}, found.get("data") or ()
    if meta.get("newest_id"):
        walk.newest.setdefault(feed, str(meta["newest_id"]))
    oldest = str(posts[-1].get("created_at") or "") if posts else ""
    beyond = bool(oldest) and datetime.fromisoformat(oldest) < now - WINDOW
    walk.token = "" if beyond else str(meta.get("next_token") or "")
    if not walk.token:
        walk.feeds.pop(0)
