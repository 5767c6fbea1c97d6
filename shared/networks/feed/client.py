"""Feeds, asked politely: only what changed since the last time is fetched."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Author, Page, RateLimited, RawChange, Refused, Sighting
from shared.networks.feed import inbound
from shared.networks.rules import load
from shared.networks.understanding import understood

ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
WAIT_WHEN_UNTOLD = 600.0
NOT_MODIFIED = 304


class Feed:
    """A feed; the channel's `base_url` is its address. It needs no token.

    What leaves the feed has only grown old: it is never taken for deleted.
    """

    rescan_bound = "what the feed holds, 200 entries at most"

    def __init__(self, egress: Egress, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._egress = egress
        self._clock = clock

    @understood
    async def whoami(self, account: Account) -> Author:
        """The feed's address and title; refused where there is no feed."""
        title, _ = await _entries(await self._fetch(account, {}))
        return Author(account.base_url, title or account.base_url, url=account.base_url)

    @understood
    async def poll(self, account: Account, cursor: Mapping[str, Any]) -> Page:
        """Every entry that the feed holds, or none when it says that it has not changed."""
        now = self._clock()
        since = datetime.fromisoformat(cursor["until"]) if cursor.get("until") else now
        answer = await self._fetch(account, cursor)
        if answer.status == NOT_MODIFIED:
            return Page((), {**cursor, "until": now.isoformat()}, since, now)
        _, entries = await _entries(answer)
        marks = {name: answer.headers.get(name, "") for name in ("etag", "last-modified")}
        changes = [inbound.change(account.account_id, entry) for entry in entries]
        return Page(changes, {**marks, "until": now.isoformat()}, since, now)

    @understood
    async def read(self, account: Account, external_id: str, extra: Mapping[str, Any]) -> RawChange:
        """The entry, while the feed still holds it; a feed cannot say that something was deleted."""
        _, entries = await _entries(await self._fetch(account, {}))
        for entry in entries:
            if entry["id"] == external_id:
                return inbound.change(account.account_id, entry)
        raise Refused("the feed no longer lists this entry", "rolled_off")

    def normalise(self, raw: RawChange) -> Sighting | None:
        return inbound.normalise(raw)

    async def _fetch(self, account: Account, cursor: Mapping[str, Any]) -> Response:
        known = {"if-none-match": cursor.get("etag"), "if-modified-since": cursor.get("last-modified")}
        answer = await self._egress.request(
            "GET",
            account.base_url,
            channel_id=account.channel_id,
            headers={"accept": ACCEPT, **{name: value for name, value in known.items() if value}},
            redirects=5,
            max_bytes=load("feed")["feed.bytes"].value,
        )
        _judge(answer)
        return answer


def _judge(answer: Response) -> None:
    if answer.status in (200, NOT_MODIFIED):
        return
    if answer.status == 429:
        told = answer.headers.get("retry-after", "")
        raise RateLimited(float(told) if told.isdecimal() else WAIT_WHEN_UNTOLD)
    if answer.status >= 500:
        raise OutcomeUnknown(f"the feed's host answered {answer.status}")
    raise Refused(f"the feed's host answered {answer.status}", str(answer.status))


async def _entries(answer: Response) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """In a thread of its own: a large feed takes a while, and the service has more to do."""
    kind = answer.headers.get("content-type", "")
    return await asyncio.to_thread(inbound.parse, answer.body, answer.url, kind)
