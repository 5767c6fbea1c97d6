"""Reading an account's own media and what is said below them, a few calls at a time.

Instagram lists neither edits nor deletions, and says of a medium only how many comments it has: a quick walk reads
those whose number changed, an hourly deep walk reads all of the window again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.networks.capabilities import Account, Page, RawChange
from shared.networks.instagram.inbound import raw_comment, raw_media
from shared.networks.meta.graph import Graph, GraphObject, moment
from shared.networks.meta.walking import WINDOW, Times, below, listed, walked

MEDIA_PAGE = 25
COMMENT_PAGE = 50
MEDIA_FIELDS = "id,caption,timestamp,permalink,media_type,media_url,owner,username,comments_count"
REPLY_FIELDS = "id,text,timestamp,username,from,hidden"
COMMENT_FIELDS = f"{REPLY_FIELDS},replies.limit({COMMENT_PAGE}){{{REPLY_FIELDS}}}"


@dataclass(slots=True)
class Walk:
    """A reading under way. `media` is the cursor of the next page of media, None after the last.

    `below`: what is still to be read, each [medium, comment or "", cursor]; `counts`: comments of each medium.
    """

    times: Times
    counts: dict[str, int]
    media: str | None = ""
    below: list[list[str]] = field(default_factory=list)
    changes: list[RawChange] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return not self.below and self.media is None

    @property
    def resumes(self) -> bool:
        return bool(self.below[0][2] if self.below else self.media)

    def cursor(self) -> Mapping[str, Any]:
        """JSON-safe: where the next poll goes on."""
        if self.over:
            return {**self.times.ended(), "counts": self.counts}
        return {"walk": {**self.times.going(), "counts": self.counts, "media": self.media, "below": self.below}}

    async def step(self, graph: Graph, account: Account) -> None:
        """What is next below a medium, or the next page of media."""
        await (_read_below if self.below else _read_media)(graph, account, self)


async def poll(graph: Graph, account: Account, cursor: Mapping[str, Any]) -> Page:
    """Some steps of a walk, which raises ValueError where its cursor is none."""
    if saved := cursor.get("walk"):
        walk = Walk(Times.saved(saved), dict(saved["counts"]), saved["media"], list(saved["below"]))
    else:
        times = await Times.begin(graph, account, cursor)
        # a deep walk counts anew: what has left the window is not carried along for ever
        walk = Walk(times, {} if times.deep else dict(cursor.get("counts") or {}))
    return await walked(walk, graph, account)


async def _read_media(graph: Graph, account: Account, walk: Walk) -> None:
    query = {"fields": MEDIA_FIELDS} | ({"after": walk.media} if walk.media else {})
    page = await listed(graph, account, f"{account.account_id}/media", limit=MEDIA_PAGE, **query)
    found = page.get("data", ())
    for one in found:
        said, count = moment(one["timestamp"]), int(one.get("comments_count") or 0)
        if said < walk.times.began - WINDOW:
            continue
        if walk.times.deep or said >= walk.times.since or count != walk.counts.get(one["id"]):
            walk.changes.append(raw_media(account.account_id, one))
            walk.below.append([one["id"], "", ""])
        walk.counts[one["id"]] = count
    beyond = bool(found) and moment(found[-1]["timestamp"]) < walk.times.began - WINDOW
    walk.media = None if beyond else next_page(page)


async def _read_below(graph: Graph, account: Account, walk: Walk) -> None:
    """A page of a medium's comments, each with its first answers; or a further page of one comment's answers."""
    media, comment, after = walk.below.pop(0)
    query: dict[str, Any] = {"after": after} if after else {}
    edge, fields = (f"{comment}/replies", REPLY_FIELDS) if comment else (f"{media}/comments", COMMENT_FIELDS)
    page = await below(graph, account, edge, fields=fields, limit=COMMENT_PAGE, **query)
    for one in page.get("data", ()):
        walk.changes.append(raw_comment(account.account_id, one, media, comment))
        answers = one.get("replies") or {}
        walk.changes += [raw_comment(account.account_id, it, media, one["id"]) for it in answers.get("data", ())]
        if further := next_page(answers):
            walk.below.append([media, one["id"], further])
    if further := next_page(page):
        walk.below.insert(0, [media, comment, further])


def next_page(page: GraphObject) -> str | None:
    """The cursor of the next page; None where this is the last."""
    paging = page.get("paging") or {}
    return str(paging["cursors"]["after"]) if paging.get("next") else None
