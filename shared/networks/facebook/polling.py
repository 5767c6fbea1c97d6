"""Reading a page's wall: its feed, and the comments below each post, a few calls at a time.

A quick walk reads what is new; an hourly deep walk reads the whole window again, for edits and hides that no
webhook told. Graph lists neither edits nor deletions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.networks.capabilities import Account, Page, RawChange
from shared.networks.facebook.inbound import raw_object
from shared.networks.meta.graph import Graph, moment
from shared.networks.meta.walking import WINDOW, Times, below, listed, walked

FEED_PAGE = 25
COMMENT_PAGE = 100
POST_FIELDS = "id,from{id,name},message,created_time,updated_time,permalink_url,attachments"
COMMENT_FIELDS = "id,from{id,name},message,created_time,is_hidden,parent{id},permalink_url,attachment"


@dataclass(slots=True)
class Walk:
    """A reading under way. `feed` is the cursor of the feed's next page, None after the last."""

    times: Times
    feed: str | None = ""
    posts: list[str] = field(default_factory=list)
    comments: str = ""
    changes: list[RawChange] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return not self.posts and self.feed is None

    @property
    def resumes(self) -> bool:
        return bool(self.comments if self.posts else self.feed)

    def cursor(self) -> Mapping[str, Any]:
        """JSON-safe: where the next poll goes on."""
        if self.over:
            return self.times.ended()
        return {"walk": {**self.times.going(), "feed": self.feed, "posts": self.posts, "comments": self.comments}}

    async def step(self, graph: Graph, account: Account) -> None:
        """The comments of the next post, or the next page of posts."""
        await (_read_comments if self.posts else _read_feed)(graph, account, self)


async def poll(graph: Graph, account: Account, cursor: Mapping[str, Any]) -> Page:
    """Some steps of a walk, which raises ValueError where its cursor is none."""
    if saved := cursor.get("walk"):
        walk = Walk(Times.saved(saved), saved["feed"], list(saved["posts"]), saved["comments"])
    else:
        walk = Walk(await Times.begin(graph, account, cursor))
    return await walked(walk, graph, account)


async def _read_feed(graph: Graph, account: Account, walk: Walk) -> None:
    query = {"fields": POST_FIELDS} | ({"after": walk.feed} if walk.feed else {})
    page = await listed(graph, account, f"{account.account_id}/feed", limit=FEED_PAGE, **query)
    found = page.get("data", ())
    for post in found:
        # Graph moves `updated_time` when somebody comments, so a quick walk skips posts where nothing happened
        if moment(post.get("updated_time") or post["created_time"]) >= walk.times.since:
            walk.changes.append(raw_object(account.account_id, post))
            walk.posts.append(post["id"])
    beyond = bool(found) and moment(found[-1]["created_time"]) < walk.times.began - WINDOW
    walk.feed = page["paging"]["cursors"]["after"] if page.get("paging", {}).get("next") and not beyond else None


async def _read_comments(graph: Graph, account: Account, walk: Walk) -> None:
    query: dict[str, Any] = {"fields": COMMENT_FIELDS, "filter": "stream"}
    query |= {"order": "chronological", "since": int(walk.times.since.timestamp())}
    query |= {"after": walk.comments} if walk.comments else {}
    page = await below(graph, account, f"{walk.posts[0]}/comments", limit=COMMENT_PAGE, **query)
    walk.changes.extend(raw_object(account.account_id, one, walk.posts[0]) for one in page.get("data", ()))
    if page.get("paging", {}).get("next"):
        walk.comments = page["paging"]["cursors"]["after"]
    else:
        walk.posts.pop(0)
        walk.comments = ""
