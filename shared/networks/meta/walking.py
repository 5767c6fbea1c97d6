"""Walking over what Graph lists, a few calls at a time: quickly over what is new, hourly over the whole window."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self

from shared.networks.capabilities import Account, Gone, Page, RawChange, Refused
from shared.networks.meta.graph import Graph, GraphObject, TooMuchAsked

CALLS = 12
SHRINK = 5
OVERLAP = timedelta(minutes=10)
WINDOW = timedelta(days=14)
DEEP_EVERY = timedelta(hours=1)
BOUND = "14 days, once an hour"


@dataclass(frozen=True, slots=True)
class Times:
    """When a walk began by the network's own clock, from when on it reads, and when one read all (`deep`) last."""

    began: datetime
    since: datetime
    deep: bool
    deep_at: datetime

    @classmethod
    async def begin(cls, graph: Graph, account: Account, cursor: Mapping[str, Any]) -> Self:
        """Of a new walk after the one that left `cursor`; raises as `Graph.get`."""
        _, told = await graph.get_dated(account, account.account_id, fields="id")
        now = told or datetime.now(UTC)
        deep_at, until = (_time(cursor.get(name)) for name in ("deep_at", "until"))
        deep = deep_at is None or now - deep_at >= DEEP_EVERY
        since = now - WINDOW if deep or until is None else until - OVERLAP
        return cls(now, since, deep, now if deep or deep_at is None else deep_at)

    @classmethod
    def saved(cls, walk: Mapping[str, Any]) -> Self:
        """Of a walk that goes on; raises ValueError."""
        began, since, deep_at = (_time(walk[name]) for name in ("began", "since", "deep_at"))
        if began is None or since is None or deep_at is None:
            raise ValueError("a walk without its times")
        return cls(began, since, walk["deep"], deep_at)

    def going(self) -> dict[str, Any]:
        """JSON-safe: what `saved` reads."""
        since, deep_at = self.since.isoformat(), self.deep_at.isoformat()
        return {"began": self.began.isoformat(), "since": since, "deep": self.deep, "deep_at": deep_at}

    def ended(self) -> dict[str, Any]:
        """JSON-safe: what `begin` reads."""
        return {"until": self.began.isoformat(), "deep_at": self.deep_at.isoformat()}


class Walk(Protocol):
    """What a network knows of its walk."""

    times: Times
    changes: list[RawChange]

    @property
    def over(self) -> bool:
        """Nothing is left to be read."""

    @property
    def resumes(self) -> bool:
        """The next call goes on from a cursor that Graph gave."""

    def cursor(self) -> Mapping[str, Any]:
        """JSON-safe: where the next poll goes on."""

    async def step(self, graph: Graph, account: Account) -> None:
        """One call further."""


async def walked(walk: Walk, graph: Graph, account: Account) -> Page:
    """Some steps; `more` says that it goes on. What it covers is told when it is over.

    Graph forgets a cursor when what it marks is deleted: where a kept one is refused, all is read from the beginning.
    """
    resumed = walk.resumes
    for calls in range(CALLS):
        if walk.over:
            break
        try:
            await walk.step(graph, account)
        except Refused:
            if calls or not resumed:
                raise
            return Page((), {})
    done = walk.over
    return Page(
        changes=tuple(walk.changes),
        cursor=walk.cursor(),
        covered_from=walk.times.since if done else None,
        covered_until=walk.times.began if done else None,
        more=not done,
    )


async def listed(graph: Graph, account: Account, path: str, *, limit: int, **query: Any) -> GraphObject:
    """A page of what Graph lists, as large as it likes to give."""
    while True:
        try:
            return await graph.get(account, path, limit=limit, **query)
        except TooMuchAsked:
            if limit == 1:
                raise
            limit = max(1, limit // SHRINK)


async def below(graph: Graph, account: Account, path: str, *, limit: int, **query: Any) -> GraphObject:
    """A page of what stands below an object: nothing where that was deleted since it was listed."""
    try:
        return await listed(graph, account, path, limit=limit, **query)
    except Gone:
        await graph.prove_access(account)
        return {}


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
