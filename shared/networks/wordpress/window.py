"""Reading a blog's comments: the newest at each turn, and step by step again the window behind them.

The lists hold every comment whatever its state (`status=any`), newest first. A live turn reads until it meets what
the last one saw; each is followed by one page further back, so that edits, and what was taken down, are seen too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.networks.capabilities import Account, Page
from shared.networks.wordpress import inbound
from shared.networks.wordpress.rest import Rest

PER_PAGE = 100
WINDOW_COMMENTS = 500
WINDOW_AGE = timedelta(days=14)
MOST_PAGES = 20
OVERLAP = timedelta(seconds=60)
BOUND = "14 days or 500 comments"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of comments, newest first; `pages` and `total` are the blog's own counts."""

    comments: Sequence[Mapping[str, Any]]
    pages: int
    total: int

    @property
    def oldest(self) -> datetime:
        return inbound.said_at(self.comments[-1])

    @property
    def newest(self) -> datetime:
        return inbound.said_at(self.comments[0])


async def poll(rest: Rest, account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    """One turn: live, or one page of the window when the cursor asks for it."""
    if cursor.get("again"):
        return await _again(rest, account, cursor, now)
    return await _live(rest, account, cursor, now)


async def _live(rest: Rest, account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    known = datetime.fromisoformat(cursor["newest"]) if cursor.get("newest") else None
    read: list[Listed] = []
    while not read or _goes_on(read, known):
        read.append(await _list(rest, account, len(read) + 1))
    last, comments = read[-1], [comment for page in read for comment in page.comments]
    whole = len(read) >= last.pages or not last.comments
    nothing_older = min([now - WINDOW_AGE, *(inbound.said_at(comment) for comment in comments)])
    newest = max([inbound.said_at(comment) for comment in comments], default=known)
    again = 0 if whole else max(int(cursor.get("next", 0)), len(read) + 1)
    return Page(
        changes=[inbound.change(account.account_id, comment) for comment in comments],
        cursor={
            "newest": newest.isoformat() if newest else "",
            "again": again,
            "next": again,
            "filled": whole or bool(cursor.get("filled")),
        },
        covered_from=nothing_older if whole else last.oldest,
        covered_until=now,
        total=_total(last),
        more=not whole,
    )


def _goes_on(read: Sequence[Listed], known: datetime | None) -> bool:
    """A first turn reads one page; later ones read until they meet what is known."""
    last = read[-1]
    if known is None or not last.comments or len(read) >= min(last.pages, MOST_PAGES):
        return False
    return last.oldest > known - OVERLAP


async def _again(rest: Rest, account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    number = int(cursor["again"])
    page = await _list(rest, account, number)
    ended = not page.comments or _window_ends(page, number, now)
    filling = not (cursor.get("filled") or ended)
    following = 0 if ended else number + 1
    return Page(
        changes=[inbound.change(account.account_id, comment) for comment in page.comments],
        cursor={**cursor, "again": following if filling else 0, "next": following, "filled": not filling},
        covered_from=page.oldest if page.comments else None,
        covered_until=page.newest if page.comments else None,
        total=_total(page),
        more=filling,
    )


def _window_ends(page: Listed, number: int, now: datetime) -> bool:
    enough = number * PER_PAGE >= WINDOW_COMMENTS and page.oldest < now - WINDOW_AGE
    return enough or number >= min(page.pages, MOST_PAGES)


def _total(page: Listed) -> int | None:
    """The blog's count means something only where the window holds all of it."""
    return page.total if page.total <= WINDOW_COMMENTS else None


async def _list(rest: Rest, account: Account, number: int) -> Listed:
    answer = await rest.get(
        account,
        "comments",
        status="any",
        orderby="date_gmt",
        order="desc",
        per_page=PER_PAGE,
        page=number,
        _embed="up",
        _fields=inbound.FIELDS,
    )
    rows = answer.json()
    if not isinstance(rows, list):
        raise TypeError("comments that are no list")
    counts = (int(answer.headers.get(name, "0")) for name in ("x-wp-totalpages", "x-wp-total"))
    return Listed(rows, *counts)
