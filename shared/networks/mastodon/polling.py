"""Reading what concerns an account: mentions by notification, and the conversations below its own statuses.

An answer that names nobody gives no notification, so the contexts of own statuses are read too.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.networks.capabilities import Account, Gone, Page, RawChange
from shared.networks.mastodon.api import Entity, MastodonApi, moment
from shared.networks.mastodon.inbound import raw_status

NOTIFICATIONS = 40
FIRST_PAGES = 5
PAGES = 3
STATUSES = 40
CONTEXTS = 10
ROOTS = 200
WINDOW = timedelta(days=14)
BOUND = "14 days of the 40 latest statuses, 10 conversations at each turn"


@dataclass(slots=True)
class Found:
    """What one poll has seen so far; `roots` names the first status of the conversation that each stands in.

    `known` are the roots that the last poll found: what was asked once is not asked again.
    """

    account_id: str
    roots: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, Entity] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def add(self, status: Entity, thread: str) -> None:
        self.roots[str(status["id"])] = thread
        self.statuses[str(status["id"])] = status

    def roots_to_keep(self) -> Mapping[str, str]:
        """Of the latest that answer something; the others are their own."""
        answers = [key for key, root in self.roots.items() if key != root]
        return {key: self.roots[key] for key in answers[-ROOTS:]}

    def changes(self) -> Sequence[RawChange]:
        return [raw_status(self.account_id, status, self.roots[key]) for key, status in self.statuses.items()]


async def poll(api: MastodonApi, account: Account, cursor: Mapping[str, Any]) -> Page:
    """Own statuses and what stands below them, then new mentions; `more` when there are further mentions."""
    found = Found(account.account_id, known=dict(cursor.get("roots") or {}))
    now, turn = await _own(api, account, found, int(cursor.get("turn", 0)))
    last, reached, more = await _mentions(api, account, found, cursor.get("notification", ""))
    covered_until = None if more else now
    until = now.isoformat() if not more else cursor.get("until")
    return Page(
        changes=found.changes(),
        cursor={"notification": last, "turn": turn, "until": until, "roots": found.roots_to_keep()},
        covered_from=(reached or _since(cursor, now)) if covered_until else None,
        covered_until=covered_until,
        more=more,
    )


async def root_of(api: MastodonApi, account: Account, status: Entity) -> str:
    """The id of the first status of its conversation, as far as the server shows it.

    A notification shows its status even where its author has blocked the account since: all else of it is a 404.
    """
    if not status.get("in_reply_to_id"):
        return str(status["id"])
    ancestors: list[Entity] = []
    with suppress(Gone):
        context = await api.entity("GET", account, f"v1/statuses/{status['id']}/context")
        ancestors = context.get("ancestors") or []
    return str(ancestors[0]["id"] if ancestors else status["in_reply_to_id"])


async def _own(api: MastodonApi, account: Account, found: Found, turn: int) -> tuple[datetime, int]:
    """Own statuses, and the contexts of some that were answered: the newest, and a few more in turn."""
    path = f"v1/accounts/{account.account_id}/statuses"
    own, now = await api.listed(account, path, limit=STATUSES, exclude_reblogs="true")
    recent = [one for one in own if moment(one["created_at"]) >= now - WINDOW]
    answered = [one for one in recent if one.get("replies_count", 0) > 0]
    fresh, older = answered[: CONTEXTS // 2], answered[CONTEXTS // 2 :]
    chosen = [older[(turn + step) % len(older)] for step in range(min(CONTEXTS // 2, len(older)))]
    for one in (*fresh, *chosen):
        await _context(api, account, found, one)
    for one in recent:
        if str(one["id"]) not in found.roots:
            await _place(api, account, found, one)
    return now, (turn + len(chosen)) % max(len(older), 1)


async def _place(api: MastodonApi, account: Account, found: Found, status: Entity) -> None:
    found.add(status, found.known.get(str(status["id"])) or await root_of(api, account, status))


async def _context(api: MastodonApi, account: Account, found: Found, status: Entity) -> None:
    try:
        context = await api.entity("GET", account, f"v1/statuses/{status['id']}/context")
    except Gone:
        return
    root = str((context.get("ancestors") or [status])[0]["id"])
    for one in (status, *context.get("descendants", ())):
        found.add(one, root)


async def _mentions(api: MastodonApi, account: Account, found: Found, last: str) -> tuple[str, datetime | None, bool]:
    """New mentions: the newest one's id, how far back a first poll reached, and whether there are more."""
    told, more = await (_newer(api, account, last) if last else _latest(api, account, FIRST_PAGES))
    # a notification shows its status as it is now: the latest are read again for their edits
    again = (await _latest(api, account, 1))[0] if last else []
    for status in (one["status"] for one in (*told, *again) if one.get("status")):
        if str(status["id"]) not in found.roots:
            await _place(api, account, found, status)
    newest = str(told[0]["id"]) if told else last
    reached = moment(told[-1]["created_at"]) if more and not last else None
    return newest, reached, more and bool(last)


async def _newer(api: MastodonApi, account: Account, last: str) -> tuple[list[Entity], bool]:
    """Upwards from the last one seen, so that nothing between is passed over."""
    told: list[Entity] = []
    for _ in range(PAGES):
        query = {"types[]": "mention", "limit": NOTIFICATIONS, "min_id": str(told[0]["id"]) if told else last}
        page, _ = await api.listed(account, "v1/notifications", **query)
        told = [*page, *told]
        if len(page) < NOTIFICATIONS:
            return told, False
    return told, True


async def _latest(api: MastodonApi, account: Account, pages: int) -> tuple[list[Entity], bool]:
    """Backwards from now, a few pages; older ones are left where they are."""
    told: list[Entity] = []
    for _ in range(pages):
        older = {"max_id": str(told[-1]["id"])} if told else {}
        query = {"types[]": "mention", "limit": NOTIFICATIONS, **older}
        page, now = await api.listed(account, "v1/notifications", **query)
        told += page
        if len(page) < NOTIFICATIONS or moment(page[-1]["created_at"]) < now - WINDOW:
            return told, False
    return told, True


def _since(cursor: Mapping[str, Any], now: datetime) -> datetime:
    """From when on nothing is missing: the last finished poll, else the window."""
    return datetime.fromisoformat(cursor["until"]) if cursor.get("until") else now - WINDOW
