"""Reading a page's wall: its feed, and the comments below each post, a few calls at a time.

A quick walk reads what is new; an hourly deep walk reads the whole window again, for edits and hides that no
webhook told. Graph lists neither edits nor deletions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.networks.capabilities import Account, Page, RawChange
from shared.networks.facebook.inbound import raw_object
from shared.networks.meta.graph import Graph, moment

CALLS = 12
FEED_PAGE = 25
COMMENT_PAGE = 100
OVERLAP = timedelta(minutes=10)
WINDOW = timedelta(days=14)
DEEP_EVERY = timedelta(hours=1)
BOUND = "14 days, once an hour"
POST_FIELDS = "id,from{id,name},message,created_time,updated_time,permalink_url,attachments"
COMMENT_FIELDS = "id,from{id,name},message,created_time,is_hidden,parent{id},permalink_url,attachment"


@dataclass(slots=True)
class Walk:
    """A reading under way. `feed` is the cursor of the feed's next page, None after the last."""

    began: datetime
    since: datetime
    deep: bool
    deep_at: datetime
    feed: str | None = ""
    posts: list[str] = field(default_factory=list)
    comments: str = ""
    changes: list[RawChange] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return not self.posts and self.feed is None

    def cursor(self) -> Mapping[str, Any]:
        """JSON-safe: where the next poll goes on."""
        if self.over:
            return {"until": self.began.isoformat(), "deep_at": self.deep_at.isoformat()}
        walk = {"began": self.began.isoformat(), "since": self.since.isoformat(), "deep": self.deep}
        walk |= {"deep_at": self.deep_at.isoformat(), "feed": self.feed, "posts": self.posts, "comments": self.comments}
        return {"walk": walk}


async def poll(graph: Graph, account: Account, cursor: Mapping[str, Any]) -> Page:
    """Some steps of a walk; `more` says that it goes on. What it covers is told when it is over."""
    walk = resumed(cursor["walk"]) if "walk" in cursor else await begun(graph, account, cursor)
    for _ in range(CALLS):
        if walk.over:
            break
        if walk.posts:
            await _read_comments(graph, account, walk)
        else:
            await _read_feed(graph, account, walk)
    done = walk.over
    return Page(
        changes=tuple(walk.changes),
        cursor=walk.cursor(),
        covered_from=walk.since if done else None,
        covered_until=walk.began if done else None,
        more=not done,
    )


async def begun(graph: Graph, account: Account, cursor: Mapping[str, Any]) -> Walk:
    """A new walk, timed by the network's own clock."""
    _, told = await graph.get_dated(account, account.account_id, fields="id")
    now = told or datetime.now(UTC)
    deep_at = _time(cursor.get("deep_at"))
    deep = deep_at is None or now - deep_at >= DEEP_EVERY
    until = _time(cursor.get("until"))
    since = now - WINDOW if deep or until is None else until - OVERLAP
    return Walk(now, since, deep, now if deep or deep_at is None else deep_at)


def resumed(saved: Mapping[str, Any]) -> Walk:
    """The walk that a cursor remembers; raises ValueError."""
    began, since, deep_at = (_time(saved[name]) for name in ("began", "since", "deep_at"))
    if began is None or since is None or deep_at is None:
        raise ValueError("a walk without its times")
    return Walk(began, since, saved["deep"], deep_at, saved["feed"], list(saved["posts"]), saved["comments"])


async def _read_feed(graph: Graph, account: Account, walk: Walk) -> None:
    query = {"fields": POST_FIELDS, "limit": FEED_PAGE} | ({"after": walk.feed} if walk.feed else {})
    page = await graph.get(account, f"{account.account_id}/feed", **query)
    found = page.get("data", ())
    for post in found:
        # Graph moves `updated_time` when somebody comments, so a quick walk skips posts where nothing happened
        if moment(post.get("updated_time") or post["created_time"]) >= walk.since:
            walk.changes.append(raw_object(account.account_id, post))
            walk.posts.append(post["id"])
    beyond = bool(found) and moment(found[-1]["created_time"]) < walk.began - WINDOW
    walk.feed = page["paging"]["cursors"]["after"] if page.get("paging", {}).get("next") and not beyond else None


async def _read_comments(graph: Graph, account: Account, walk: Walk) -> None:
    query: dict[str, Any] = {"fields": COMMENT_FIELDS, "limit": COMMENT_PAGE, "filter": "stream"}
    query |= {"order": "chronological", "since": int(walk.since.timestamp())}
    query |= {"after": walk.comments} if walk.comments else {}
    page = await graph.get(account, f"{walk.posts[0]}/comments", **query)
    walk.changes.extend(raw_object(account.account_id, one, walk.posts[0]) for one in page.get("data", ()))
    if page.get("paging", {}).get("next"):
        walk.comments = page["paging"]["cursors"]["after"]
    else:
        walk.posts.pop(0)
        walk.comments = ""


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
