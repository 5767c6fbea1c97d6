"""Reading an account's own media and what is said below them, a few calls at a time.

Instagram lists neither edits nor deletions, and says of a medium only how many comments it has: a quick walk reads
those whose number changed, an hourly deep walk reads all of the window again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.networks.capabilities import Account, Page, RawChange
from shared.networks.instagram.inbound import raw_comment, raw_media
from shared.networks.meta.graph import Graph, GraphObject, moment

CALLS = 12
MEDIA_PAGE = 25
COMMENT_PAGE = 50
OVERLAP = timedelta(minutes=10)
WINDOW = timedelta(days=14)
DEEP_EVERY = timedelta(hours=1)
BOUND = "14 days, once an hour"
MEDIA_FIELDS = "id,caption,timestamp,permalink,media_type,media_url,owner,username,comments_count"
REPLY_FIELDS = "id,text,timestamp,username,from,hidden"
COMMENT_FIELDS = f"{REPLY_FIELDS},replies.limit({COMMENT_PAGE}){{{REPLY_FIELDS}}}"


@dataclass(slots=True)
class Walk:
    """A reading under way. `media` is the cursor of the next page of media, None after the last.

    `below`: what is still to be read, each [medium, comment or "", cursor]; `counts`: comments of each medium.
    """

    began: datetime
    since: datetime
    deep: bool
    deep_at: datetime
    counts: dict[str, int]
    media: str | None = ""
    below: list[list[str]] = field(default_factory=list)
    changes: list[RawChange] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return not self.below and self.media is None

    def cursor(self) -> Mapping[str, Any]:
        """JSON-safe: where the next poll goes on."""
        kept = {"deep_at": self.deep_at.isoformat(), "counts": self.counts}
        if self.over:
            return {"until": self.began.isoformat(), **kept}
        walk = {"began": self.began.isoformat(), "since": self.since.isoformat(), "deep": self.deep}
        return {"walk": {**walk, **kept, "media": self.media, "below": self.below}}


async def poll(graph: Graph, account: Account, cursor: Mapping[str, Any]) -> Page:
    """Some steps of a walk; `more` says that it goes on. What it covers is told when it is over."""
    walk = resumed(cursor["walk"]) if "walk" in cursor else await begun(graph, account, cursor)
    for _ in range(CALLS):
        if walk.over:
            break
        if walk.below:
            await _read_below(graph, account, walk)
        else:
            await _read_media(graph, account, walk)
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
    return Walk(now, since, deep, now if deep or deep_at is None else deep_at, dict(cursor.get("counts") or {}))


def resumed(saved: Mapping[str, Any]) -> Walk:
    """The walk that a cursor remembers; raises ValueError."""
    began, since, deep_at = (_time(saved[name]) for name in ("began", "since", "deep_at"))
    if began is None or since is None or deep_at is None:
        raise ValueError("a walk without its times")
    return Walk(began, since, saved["deep"], deep_at, dict(saved["counts"]), saved["media"], list(saved["below"]))


async def _read_media(graph: Graph, account: Account, walk: Walk) -> None:
    query = {"fields": MEDIA_FIELDS, "limit": MEDIA_PAGE} | ({"after": walk.media} if walk.media else {})
    page = await graph.get(account, f"{account.account_id}/media", **query)
    found = page.get("data", ())
    for one in found:
        said, count = moment(one["timestamp"]), int(one.get("comments_count") or 0)
        if said < walk.began - WINDOW:
            continue
        if walk.deep or said >= walk.since or count != walk.counts.get(one["id"]):
            walk.changes.append(raw_media(account.account_id, one))
            walk.below.append([one["id"], "", ""])
        walk.counts[one["id"]] = count
    beyond = bool(found) and moment(found[-1]["timestamp"]) < walk.began - WINDOW
    walk.media = None if beyond else next_page(page)


async def _read_below(graph: Graph, account: Account, walk: Walk) -> None:
    """A page of a medium's comments, each with its first answers; or a further page of one comment's answers."""
    media, comment, after = walk.below.pop(0)
    query: dict[str, Any] = {"limit": COMMENT_PAGE} | ({"after": after} if after else {})
    edge, fields = (f"{comment}/replies", REPLY_FIELDS) if comment else (f"{media}/comments", COMMENT_FIELDS)
    page = await graph.get(account, edge, fields=fields, **query)
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


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
