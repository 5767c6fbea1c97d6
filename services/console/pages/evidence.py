"""What moderation kept of an interaction before anything was hidden: a part of its page, and the files themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from services.console.owners import Download, Order, OwnerAway
from services.console.pages.inbox import item_of
from services.console.shell import surroundings
from services.console.visits import Visit, Visiting
from services.console.words import Words
from shared.events.ids import derive

router = APIRouter(include_in_schema=False)
PASSED_ON = ("content-type", "content-length", "content-disposition", "content-security-policy")
MISSING = "media not obtained: "
SHORT = 16  # characters of a SHA-256 that a person can compare


@dataclass(frozen=True, slots=True)
class Medium:
    """A file of the evidence: shown where `is_picture`, else handed over."""

    href: str
    is_picture: bool
    type: str
    kilobytes: int
    sha256: str
    source: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One revision as it stood. `missing` says of each medium that could not be had why."""

    revision: int
    author: str
    handle: str
    said: str
    said_full: str
    text: str
    language: str
    sha256: str
    media: Sequence[Medium] = field(default=())
    missing: Sequence[str] = field(default=())
    waiting: bool = False


@router.get("/{brand_id}/moderation/{interaction_id}/evidence")
async def evidence(brand_id: str, interaction_id: str, here: Visiting) -> Response:
    """The part of the page that shows it; says so where moderation is away."""
    here.must("read", brand_id)
    doc = await item_of(here, brand_id, interaction_id)
    if not here.is_fragment:
        return RedirectResponse(f"/{brand_id}/moderation/{interaction_id}", status_code=303)
    values = await surroundings(here, brand_id, "moderation")
    kept, away = await _kept(here, values["w"], doc)
    shown = {"kept": kept, "away": away, "href": f"/{brand_id}/moderation/{interaction_id}/evidence"}
    return here.console.pages.html("moderation/evidence.html", values | shown)


@router.get("/{brand_id}/moderation/{interaction_id}/evidence/{file_id}")
async def medium(brand_id: str, interaction_id: str, file_id: str, here: Visiting) -> Response:
    """One file as it was kept, passed on piece by piece under moderation's own guards."""
    here.must("read", brand_id)
    doc = await item_of(here, brand_id, interaction_id)
    if not file_id.replace("-", "").isalnum():
        raise HTTPException(404)
    try:
        found = await here.console.owners.download(_order(here, doc, f"/{file_id}"))
    except OwnerAway as away:
        raise HTTPException(503) from away
    if found is None:
        raise HTTPException(404)
    return PassedOn(found)


class PassedOn(StreamingResponse):
    """An owner's file; the connection to the owner ends with the answer, however that ends."""

    def __init__(self, found: Download) -> None:
        headers = {name: found.headers[name] for name in PASSED_ON if name in found.headers}
        super().__init__(found.pieces, headers={"content-security-policy": "sandbox"} | headers)
        self._found = found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._found.close()


async def _kept(here: Visit, words: Words, doc: Mapping[str, Any]) -> tuple[list[Kept], bool]:
    """The evidence, the newest first, and whether moderation is away."""
    try:
        answer = await here.console.owners.send(_order(here, doc, ""))
    except OwnerAway:
        return [], True
    if not answer.ok:
        return [], answer.status != 404
    href = f"/{doc['brand_id']}/moderation/{doc['_id']}/evidence"
    return [_one(kept, words, here.now, href) for kept in reversed(answer.body.get("evidence", []))], False


def _order(here: Visit, doc: Mapping[str, Any], tail: str) -> Order:
    """What was hidden by a rule that asks nobody has evidence too, under the id that its case would have."""
    case_id = (doc.get("case") or {}).get("case_id") or derive("case", doc["_id"])
    path = f"/brands/{doc['brand_id']}/cases/{case_id}/evidence{tail}"
    return Order("moderation", "GET", path, "read", doc["brand_id"], here.person.member_id, "")


def _one(kept: Mapping[str, Any], words: Words, now: datetime, href: str) -> Kept:
    author, media = kept.get("author") or {}, kept.get("media") or ()
    said = datetime.fromisoformat(kept["said_at"]) if kept.get("said_at") else now
    return Kept(
        revision=int(kept.get("revision") or 1),
        author=author.get("name") or author.get("handle") or words("item.somebody"),
        handle=author.get("handle") or "",
        said=words.moment(said, now),
        said_full=words.full(said),
        text=kept.get("text") or "",
        language=kept.get("language") or "",
        sha256=(kept.get("sha256") or "")[:SHORT],
        media=[_medium(one, href) for one in media if one["state"] == "kept"],
        missing=[_missing(one.get("why", ""), words) for one in media if one["state"] == "missing"],
        waiting=any(one["state"] == "wanted" for one in media),
    )


def _medium(one: Mapping[str, Any], href: str) -> Medium:
    picture = one.get("picture") or ""
    return Medium(
        href=f"{href}/{one['file_id']}",
        is_picture=bool(picture),
        type=picture or one.get("content_type") or "?",
        kilobytes=max(1, round(one.get("size", 0) / 1000)),
        sha256=one.get("sha256", "")[:SHORT],
        source=urlsplit(one.get("url", "")).hostname or "",
    )


def _missing(why: str, words: Words) -> str:
    """Moderation's reason; the one that is common in the reader's language."""
    reason = why.removeprefix(MISSING)
    host_said = reason.removeprefix("the host answered ")
    return words("evidence.host_answered", status=host_said) if host_said != reason else reason
