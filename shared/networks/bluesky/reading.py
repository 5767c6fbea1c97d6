"""Reading a channel: what the network tells us of, what stands in our threads, and again what we already saw.

A notification can be lost for good (a reply made within milliseconds after its root), and a hidden reply has none:
so the threads of our own posts are read too, as soon as their number of replies changes, and one more at each turn.
Edits and deletions show when known posts are asked for again, fifty a turn; a deletion is stated only when the
record itself is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.networks.bluesky import inbound, record
from shared.networks.bluesky.session import Sessions
from shared.networks.capabilities import Account, Gone, Page, RawChange, Refused

REASONS = ("reply", "mention", "quote")
PAGES, PER_PAGE = 5, 50
OWN_POSTS = 50
THREADS_A_TURN = 10
RING, RING_A_TURN, LATEST = 500, 50, 25
POSTS_A_CALL = 25
OVERLAP = timedelta(minutes=2)
FIRST_SPAN = timedelta(hours=24)
LATE = timedelta(hours=1)
BOUND = "the 500 latest, 50 at each turn; threads of the 50 latest posts"

View = Mapping[str, Any]


@dataclass(slots=True)
class Look:
    """What one turn has gathered: posts by address, the hidden replies of each own thread, and what is no more."""

    did: str
    views: dict[str, View] = field(default_factory=dict)
    hidden: dict[str, frozenset[str]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def take(self, view: View) -> None:
        self.views[view["uri"]] = view
        if view["uri"] == inbound.root_of(view) and view["author"]["did"] == self.did:
            gate = view.get("threadgate", {}).get("record", {})
            self.hidden[view["uri"]] = frozenset(gate.get("hiddenReplies", ()))


async def poll(sessions: Sessions, account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    """One turn; `more` while threads wait to be read for the first time."""
    look = Look((await sessions.of(account)).did)
    notices, covered_from = await _notices(sessions, account, cursor, now)
    own = await _own_posts(sessions, account, look)
    queue = _threads_to_read(own, cursor)
    for uri in queue[:THREADS_A_TURN]:
        await _read_thread(sessions, account, look, uri)
    ring = list(cursor.get("ring", ()))
    start = int(cursor.get("at", 0)) % max(1, len(ring))
    again = [*ring[start : start + RING_A_TURN], *ring[-LATEST:], *_hidings(look, cursor)]
    told = {
        uri: view
        for uri, view in notices.items()
        if uri not in ring or datetime.fromisoformat(view["indexedAt"]) >= covered_from
    }
    await _ask_again(sessions, account, look, [*again, *told], certain=again)
    for uri, notice in told.items():
        look.views.setdefault(uri, notice)
    await _gates(sessions, account, look)
    changes = _changes(account, look, cursor, ring)
    known = dict.fromkeys([*ring, *(change.external_id for change in changes)])
    left = set(queue[THREADS_A_TURN:])
    return Page(
        changes=changes,
        cursor={
            "until": now.isoformat(),
            "newest": max([view["indexedAt"] for view in notices.values()], default=cursor.get("newest", "")),
            "counts": {uri: view.get("replyCount", 0) for uri, view in own.items() if uri not in left},
            "hidden": {uri: sorted(look.hidden[uri]) for uri in own if look.hidden.get(uri)},
            "turn": int(cursor.get("turn", 0)) + 1,
            "ring": [uri for uri in known if uri not in look.gone][-RING:],
            "at": start + RING_A_TURN if start + RING_A_TURN < len(ring) else 0,
        },
        covered_from=covered_from,
        covered_until=now,
        more=bool(left),
    )


async def read(sessions: Sessions, account: Account, uri: str) -> RawChange:
    """One post as it stands; raises `Gone` when its record is no more."""
    look = Look((await sessions.of(account)).did)
    await _ask_again(sessions, account, look, [uri], certain=[uri])
    if uri in look.gone:
        raise Gone(uri)
    await _gates(sessions, account, look)
    return _change(account, look, look.views[uri])


async def _notices(
    sessions: Sessions, account: Account, cursor: Mapping[str, Any], now: datetime
) -> tuple[dict[str, View], datetime]:
    """The notifications since the last turn, by the post they tell of, and from when on there is no gap."""
    known = cursor.get("newest", "")
    since = datetime.fromisoformat(known) - OVERLAP if known else None
    until = cursor.get("until")
    found: dict[str, View] = {}
    page = ""
    for _ in range(PAGES):
        more = {"cursor": page} if page else {}
        answer = await sessions.query(
            account, "app.bsky.notification.listNotifications", limit=PER_PAGE, reasons=list(REASONS), **more
        )
        found |= {one["uri"]: one for one in answer["notifications"] if one["reason"] in REASONS}
        page = answer.get("cursor", "")
        times = [datetime.fromisoformat(one["indexedAt"]) for one in answer["notifications"]]
        if not page or not times or (since and min(times) < since):
            return found, datetime.fromisoformat(until) - OVERLAP if until else now - FIRST_SPAN
    return found, min(times)


async def _own_posts(sessions: Sessions, account: Account, look: Look) -> dict[str, View]:
    """Our latest posts and replies, newest first; what we passed on of others is left out."""
    answer = await sessions.query(
        account, "app.bsky.feed.getAuthorFeed", actor=look.did, limit=OWN_POSTS, filter="posts_with_replies"
    )
    own = {item["post"]["uri"]: item["post"] for item in answer["feed"] if "reason" not in item}
    for view in own.values():
        look.take(view)
    return own


def _threads_to_read(own: Mapping[str, View], cursor: Mapping[str, Any]) -> list[str]:
    """Those whose number of replies changed, then one more in turn."""
    counts = cursor.get("counts", {})
    changed = [uri for uri, view in own.items() if view.get("replyCount", 0) != counts.get(uri, 0)]
    if changed or not own:
        return changed
    return [list(own)[int(cursor.get("turn", 0)) % len(own)]]


async def _read_thread(sessions: Sessions, account: Account, look: Look, uri: str) -> None:
    try:
        answer = await sessions.query(account, "app.bsky.feed.getPostThread", uri=uri, depth=50, parentHeight=0)
    except Gone:
        return
    nodes = [answer["thread"]]
    while nodes:
        node = nodes.pop()
        if "post" in node:
            look.take(node["post"])
            nodes.extend(node.get("replies", ()))


def _hidings(look: Look, cursor: Mapping[str, Any]) -> list[str]:
    """Replies that were hidden or shown since the last turn."""
    before = cursor.get("hidden", {})
    return sorted(uri for root, hidden in look.hidden.items() for uri in hidden ^ set(before.get(root, ())))


async def _ask_again(
    sessions: Sessions, account: Account, look: Look, wanted: Iterable[str], certain: Iterable[str]
) -> None:
    """Take the posts in; of those in `certain` that are not shown, find out whether the record is gone."""
    asked = [uri for uri in dict.fromkeys(wanted) if uri not in look.views]
    for start in range(0, len(asked), POSTS_A_CALL):
        answer = await sessions.query(account, "app.bsky.feed.getPosts", uris=asked[start : start + POSTS_A_CALL])
        for view in answer["posts"]:
            look.take(view)
    for uri in dict.fromkeys(certain):
        if uri not in look.views:
            await _ask_for_record(sessions, account, look, uri)


async def _ask_for_record(sessions: Sessions, account: Account, look: Look, uri: str) -> None:
    repository, collection, name = record.place(uri)
    try:
        found = await sessions.query(
            account, "com.atproto.repo.getRecord", repo=repository, collection=collection, rkey=name
        )
    except Gone:
        look.gone.append(uri)
    except Refused:
        return
    else:
        look.views[uri] = {"uri": uri, "cid": found["cid"], "author": {"did": repository}, "record": found["value"]}


async def _gates(sessions: Sessions, account: Account, look: Look) -> None:
    """The first posts of our threads that were not seen yet: they tell which replies are hidden."""
    ours = f"at://{look.did}/"
    roots = {root for view in look.views.values() if (root := inbound.root_of(view)).startswith(ours)}
    try:
        await _ask_again(sessions, account, look, sorted(roots - look.hidden.keys()), certain=())
    except Refused:
        return


def _changes(account: Account, look: Look, cursor: Mapping[str, Any], ring: Sequence[str]) -> list[RawChange]:
    """Everything seen, and what is gone."""
    known, read_before = set(ring), set(cursor.get("counts", ()))
    until = cursor.get("until")
    late = datetime.fromisoformat(until) - LATE if until else None

    def backdated(view: View) -> bool:
        """New to a thread that was read before, yet older than that reading says it can be."""
        if late is None or view["uri"] in known or inbound.root_of(view) not in read_before:
            return False
        return datetime.fromisoformat(view.get("indexedAt", until)) < late

    told = [_change(account, look, view, backdated=backdated(view)) for view in look.views.values()]
    return told + [inbound.gone(account.account_id, uri) for uri in look.gone]


def _change(account: Account, look: Look, view: View, *, backdated: bool = False) -> RawChange:
    root = inbound.root_of(view)
    title = look.views.get(root, {}).get("record", {}).get("text", "") if root != view["uri"] else ""
    hidden = view["uri"] in look.hidden.get(root, ())
    return inbound.change(account.account_id, view, hidden=hidden, title=title, backdated=backdated)
