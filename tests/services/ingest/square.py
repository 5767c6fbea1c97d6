"""A network at the edge whose pages a story lays out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from shared.networks.capabilities import Account, Author, Page, RawChange, Sighting

NOON = datetime(2025, 11, 25, 12, tzinfo=UTC)


class Plain:
    """A network whose raw changes are sightings as JSON; said at noon, a while ago, unless they say otherwise."""

    def normalise(self, raw: RawChange) -> Sighting:
        """As written."""
        told = {"said_at": NOON.isoformat()} | orjson.loads(raw.body)
        said_at = told.pop("said_at")
        author = Author(told.pop("author", "a1"))
        said = datetime.fromisoformat(said_at) if said_at else None
        return Sighting(author=author, thread_external_id="p1", said_at=said, **told)


@dataclass
class Square(Plain):
    """`pages` are what its polls answer, one after the other (or raise); `objects` what it shows by id."""

    pages: list[Page | Exception] = field(default_factory=list)
    objects: dict[str, RawChange | Exception] = field(default_factory=dict)
    cursors: list[Mapping[str, Any]] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)
    stalls: asyncio.Event | None = None

    async def poll(self, account: Account, cursor: Mapping[str, Any]) -> Page:
        """The next page; an empty one when there is none."""
        self.cursors.append(cursor)
        if self.stalls is not None:
            await self.stalls.wait()
        page = self.pages.pop(0) if self.pages else Page((), cursor)
        if isinstance(page, Exception):
            raise page
        return page

    async def read(self, account: Account, external_id: str, extra: Mapping[str, Any]) -> RawChange:
        """The object as it is now."""
        self.asked_for.append(external_id)
        if self.stalls is not None:
            await self.stalls.wait()
        found = self.objects[external_id]
        if isinstance(found, Exception):
            raise found
        return found


def thing(on: str, text: str = "Bonjour", **told: Any) -> RawChange:
    """What a page shows of an object."""
    body = orjson.dumps({"kind": "created", "external_id": on, "text": text, **told})
    return RawChange("square", "brand-account", on, "created", body)


def page(
    *things: RawChange, more: bool = False, covered: tuple[datetime, datetime] | None = None, **cursor: Any
) -> Page:
    """A page of a poll."""
    since, until = covered or (None, None)
    return Page(things, cursor, since, until, more=more)


def texts(changes: Sequence[Any]) -> list[str]:
    """What raw events hold, for a story to compare."""
    return [orjson.loads(one.body).get("text", one.kind) for one in changes]
