"""Reading what concerns a Page: its own posts, and what LinkedIn has told since the last turn, edits and deletions too.

A notification names ids: the comments of one post are then read together, and their people together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.networks.capabilities import Account, Gone, Page, RawChange, Refused
from shared.networks.linkedin.api import Found, LinkedInApi, encoded, last, listing, moment, organization
from shared.networks.linkedin.codes import little
from shared.networks.linkedin.inbound import ACTIONS, SAID, comment_told, notice, parts_of, subject, thread_of, urn_of
from shared.networks.reading import nested, packed

CALLS = 4
PAGE = 50
OVERLAP = timedelta(minutes=5)
WINDOW = timedelta(days=14)
LATE = timedelta(minutes=1)  # the time of an answer's header may be some seconds old
BOUND = "as LinkedIn tells them, for 60 days"
FEEDS = ("posts", "notices")


@dataclass(slots=True)
class Walk:
    """A reading under way. `feeds` are still to be read, `start` is where in the first of them."""

    began: str
    since: str
    feeds: list[str] = field(default_factory=lambda: list(FEEDS))
    start: int = 0

    @property
    def span(self) -> tuple[datetime, datetime]:
        return datetime.fromisoformat(self.since), datetime.fromisoformat(self.began)


async def poll(api: LinkedInApi, account: Account, cursor: Mapping[str, Any]) -> Page:
    """Some pages; `more` says that there are further ones. What it covers is told at its end."""
    walk = Walk(**cursor["walk"]) if "walk" in cursor else await _begin(api, account, cursor)
    changes: list[RawChange] = []
    for _ in range(CALLS):
        if walk.feeds:
            changes += await (_posts if walk.feeds[0] == "posts" else _notices)(api, account, walk)
    if walk.feeds:
        state = {name: getattr(walk, name) for name in Walk.__slots__}
        return Page(changes=changes, cursor={"walk": state}, more=True)
    since, began = walk.span
    return Page(changes=changes, cursor={"until": walk.began}, covered_from=since, covered_until=began)


async def _begin(api: LinkedInApi, account: Account, cursor: Mapping[str, Any]) -> Walk:
    """From the network's own time, a little over where the last one ended."""
    _, now = await api.dated(account, f"organizations/{account.account_id}")
    since = datetime.fromisoformat(cursor["until"]) - OVERLAP if "until" in cursor else now - WINDOW
    return Walk(now.isoformat(), since.isoformat())


async def _posts(api: LinkedInApi, account: Account, walk: Walk) -> Sequence[RawChange]:
    query = f"q=author&author={encoded(organization(account))}&sortBy=LAST_MODIFIED"
    found = await api.call("GET", account, f"posts?{query}&start={walk.start}&count={PAGE}")
    posts = found.get("elements") or ()
    young = [one for one in posts if moment(one.get("lastModifiedAt") or one["createdAt"]) >= walk.span[0]]
    _turn(walk, len(posts), over=len(young) < len(posts))
    named = await people(api, account, (one["author"] for one in young))
    return [raw_post(account, one, named) for one in young]


async def _notices(api: LinkedInApi, account: Account, walk: Walk) -> Sequence[RawChange]:
    since, until = (round(one.timestamp() * 1000) for one in (walk.span[0], walk.span[1] + LATE))
    query = f"q=criteria&actions={listing(ACTIONS)}&organizationalEntity={encoded(organization(account))}"
    page = f"timeRange=(start:{since},end:{until})&start={walk.start}&count={PAGE}"
    found = await api.call("GET", account, f"organizationalEntityNotifications?{query}&{page}")
    told = found.get("elements") or ()
    _turn(walk, len(told))
    # the last word on each thing, in whatever order they come
    newest = {subject(one): one for one in sorted(told, key=lambda one: int(one.get("lastModifiedAt") or 0))}
    gone = [notice(one) for one in newest.values() if one["action"] == "COMMENT_DELETE"]
    return [*await _said(api, account, newest), *await _mentions(api, account, newest), *gone]


async def _said(api: LinkedInApi, account: Account, told: Mapping[str, Found]) -> Sequence[RawChange]:
    """The comments, those of one post in one call; what is not there any more is told as deleted later.

    Those of a post that is closed to us are taken as the notifications tell them.
    """
    below: dict[tuple[str, str], dict[str, Found]] = defaultdict(dict)
    for urn, one in told.items():
        parts = parts_of(urn)
        if one["action"] in SAID and parts:
            below[thread_of(one) or parts[0], parts[0]][parts[1]] = one
    comments = []
    for (thread, activity), notices in below.items():
        with suppress(Gone):  # as the post may be, with all that was said below it
            try:
                found = await _together(api, account, f"socialActions/{encoded(activity)}/comments", list(notices))
            except Refused:
                found = [comment for one in notices.values() if (comment := comment_told(one))]
            comments += [(thread, one) for one in found]
    named = await people(api, account, (str(one["actor"]) for _, one in comments))
    return [raw_comment(account, one, thread, named) for thread, one in comments]


async def _together(api: LinkedInApi, account: Account, path: str, ids: Sequence[str]) -> Sequence[Found]:
    """In one call; those that it does not bring one by one, as far as they are there and open to us."""
    results = (await api.call("GET", account, f"{path}?ids={listing(ids)}")).get("results") or {}
    found = list(results.values())
    for comment_id in sorted(set(ids) - set(results)):
        with suppress(Gone, Refused):
            found.append(await api.call("GET", account, f"{path}/{comment_id}"))
    return found


async def _mentions(api: LinkedInApi, account: Account, told: Mapping[str, Found]) -> Sequence[RawChange]:
    """Posts of others. One that we may not read is taken as the notification tells it."""
    found = []
    for urn, one in ((urn, one) for urn, one in told.items() if one["action"] == "SHARE_MENTION"):
        with suppress(Gone):
            try:
                found.append(await read(api, account, urn, {"mention": "1"}))
            except Refused:
                share = nested(one, "decoratedGeneratedActivity", "share") or {}
                post = {"id": urn, "author": str(share["owner"]), "commentary": little(str(share.get("text") or ""))}
                found.append(raw_post(account, post | {"createdAt": one["lastModifiedAt"]}, {}, mention=True))
    return found


async def read(api: LinkedInApi, account: Account, urn: str, extra: Mapping[str, Any]) -> RawChange:
    """A comment or post as it is now. `extra["thread"]`: the comment's post, as its sighting told."""
    if parts := parts_of(urn):
        comment = await api.call("GET", account, f"socialActions/{encoded(parts[0])}/comments/{parts[1]}")
        named = await people(api, account, [str(comment["actor"])])
        return raw_comment(account, comment, str(extra.get("thread") or parts[0]), named)
    post = await api.call("GET", account, f"posts/{encoded(urn)}")
    named = await people(api, account, [str(post["author"])])
    return raw_post(account, post, named, mention=bool(extra.get("mention")))


async def people(api: LinkedInApi, account: Account, urns: Iterable[str]) -> Mapping[str, Found]:
    """What is known of them by their URNs; nothing of whom LinkedIn does not let us see."""
    wanted, known = set(urns), {}
    members = sorted(last(one) for one in wanted if ":person:" in one)
    try:
        if members:
            ids = ",".join(f"(id:{encoded(one)})" for one in members)
            results = (await api.call("GET", account, f"people?ids=List({ids})")).get("results") or {}
            known = {f"urn:li:person:{nested(one, 'id')}": one for one in results.values()}
        for urn in sorted(one for one in wanted if ":organization:" in one):
            known[urn] = await api.call("GET", account, f"organizations/{last(urn)}")
    except (Refused, Gone):
        return known
    return known


def raw_post(account: Account, post: Found, named: Mapping[str, Found], *, mention: bool = False) -> RawChange:
    about = {"post": post, "author": named.get(post["author"], {})} | ({"mention": True} if mention else {})
    return RawChange("linkedin", account.account_id, str(post["id"]), "read.post", packed(about))


def raw_comment(account: Account, comment: Found, thread: str, named: Mapping[str, Found]) -> RawChange:
    about = {"comment": comment, "thread": thread, "author": named.get(str(comment["actor"]), {})}
    return RawChange("linkedin", account.account_id, urn_of(comment), "read.comment", packed(about))


def _turn(walk: Walk, seen: int, *, over: bool = False) -> None:
    """To the next page, or after the last to the next feed."""
    walk.start += seen
    if over or seen < PAGE:
        walk.start = 0
        walk.feeds.pop(0)
