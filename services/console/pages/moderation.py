"""The moderation queue and one case, driven by keys: a decision brings the next case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console.commanding import command, order
from services.console.owners import Order, OwnerAway
from services.console.pages.case_view import CaseRow, case_row, case_values, claimed_by
from services.console.pages.inbox import item_of
from services.console.shell import surroundings
from services.console.visits import Acting, Visit, Visiting

router = APIRouter(include_in_schema=False)
Doc = Mapping[str, Any]


@router.get("/{scope}/moderation")
async def moderation_page(scope: str, here: Visiting) -> Response:
    """The queue with its first case open on a wide screen."""
    return await _page(here, scope, None)


@router.get("/{scope}/moderation/queue")
async def queue(scope: str, here: Visiting) -> Response:
    """The queue again, after a doorbell; an open case is not touched, a first one takes the empty place."""
    current = here.request.query_params.get("current", "")
    values = await surroundings(here, scope, "moderation")
    values |= await _queue(here, values, current) | {"focus": {"id": current} if current else None, "first_came": False}
    if not current and values["rows"]:
        first = values["rows"][0].item.doc
        values = await _values(here, scope, first, "") | {"chosen": False, "first_came": True}
    return here.console.pages.html("moderation/queue-again.html", values)


@router.get("/{scope}/moderation/{interaction_id}")
async def case_page(scope: str, interaction_id: str, here: Visiting) -> Response:
    """One case. Who opens it and may decide takes it, so that two people never work on one."""
    doc = await _case_of(here, scope, interaction_id)
    await _claim(here, doc)
    doc = await item_of(here, scope, interaction_id)
    if here.is_fragment:
        return await case_fragment(here, scope, doc)
    return await _page(here, scope, doc)


@router.post("/{brand_id}/moderation/{interaction_id}/decide")
async def decide(
    brand_id: str,
    interaction_id: str,
    here: Acting,
    decision: Annotated[str, Form(pattern="^(allow|hide|delete)$")],
    revision: Annotated[int, Form()],
) -> Response:
    """One key, one decision; it can be taken back until it leaves. Answers with the next case."""
    body = {"revision": revision, "decision": decision, "reason": ""}
    return await _act(here, brand_id, interaction_id, "decide", body)


@router.post("/{brand_id}/moderation/{interaction_id}/escalate")
async def escalate(
    brand_id: str,
    interaction_id: str,
    here: Acting,
    to: Annotated[str, Form(pattern="^(duty_lead|client|legal)$")],
    why: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Hand a case up; answers with the next one."""
    return await _act(here, brand_id, interaction_id, "escalate", {"to": to.replace("_", " "), "why": why.strip()})


@router.post("/{brand_id}/moderation/{interaction_id}/skip")
async def skip(brand_id: str, interaction_id: str, here: Acting) -> Response:
    """Later: gives the case back where this person holds it; answers with the next one."""
    here.must("decide", brand_id)
    doc = await _case_of(here, brand_id, interaction_id)
    if claimed_by(doc, here) == here.person.member_id:
        return await _act(here, brand_id, interaction_id, "release", {})
    return await _next(here, brand_id, interaction_id)


async def _case_of(here: Visit, scope: str, interaction_id: str) -> Doc:
    """An item of the person's brands that is or was a case, else 404."""
    doc = await item_of(here, scope, interaction_id)
    if not doc.get("case"):
        raise HTTPException(404)
    return doc


async def _act(here: Visit, brand_id: str, interaction_id: str, act: str, body: dict[str, Any]) -> Response:
    here.must("decide", brand_id)
    doc = await _case_of(here, brand_id, interaction_id)
    case_id = (doc.get("case") or {}).get("case_id", "")
    given = order(here, "moderation", f"/cases/{case_id}/{act}", "decide", brand_id, body)
    trouble = await _trouble(here, given, interaction_id)
    if trouble:
        scope = here.scope_asked(brand_id)
        return await case_fragment(here, scope, await item_of(here, brand_id, interaction_id), trouble=trouble)
    return await _next(here, brand_id, interaction_id)


async def _trouble(here: Visit, given: Order, interaction_id: str) -> str:
    """Carry it out; what to say where it was not."""
    words = here.words
    try:
        answer = await command(here, given, interaction_id)
    except OwnerAway as away:
        return words("inbox.away", service=away.service)
    if answer.ok:
        return ""
    if answer.status != 409:
        return words("inbox.refused", why=answer.detail)
    current = answer.body.get("current") or {}
    if current.get("revision") != (given.body or {}).get("revision", current.get("revision")):
        return words("moderation.stale")
    what = words.known(f"moderation.done_{current.get('decision')}", answer.detail)
    return words("moderation.someone_first", what=what)


async def _next(here: Visit, brand_id: str, interaction_id: str) -> Response:
    """The case after this one, or the first; its address replaces this one's."""
    scope = here.scope_asked(brand_id)
    waiting = [doc["_id"] for doc in await here.console.inbox.cases(here.brands(scope)) if doc["_id"] != interaction_id]
    if not here.is_fragment:
        return RedirectResponse(f"/{scope}/moderation", status_code=303)
    following = await item_of(here, scope, waiting[0]) if waiting else None
    place = f"/{scope}/moderation/{waiting[0]}" if waiting else f"/{scope}/moderation"
    answer = await case_fragment(here, scope, following)
    answer.headers["HX-Push-Url"] = place
    return answer


async def _claim(here: Visit, doc: Doc) -> None:
    case = doc.get("case") or {}
    is_free = case.get("waits") and not claimed_by(doc, here)
    if not is_free or not here.person.may("decide", doc["brand_id"]):
        return
    given = order(here, "moderation", f"/cases/{case['case_id']}/claim", "decide", doc["brand_id"], {})
    try:
        await command(here, given, doc["_id"])
    except OwnerAway:
        return


async def case_fragment(here: Visit, scope: str, doc: Doc | None, *, trouble: str = "", told: str = "") -> Response:
    """The case, its grounds, the queue and the undo bar, with what the last act answered."""
    values = await _values(here, scope, doc, trouble) | {"told": told}
    return here.console.pages.html("moderation/answer.html", values)


async def _page(here: Visit, scope: str, doc: Doc | None) -> Response:
    values = await _values(here, scope, doc, "")
    if doc is None and values["rows"]:
        first = values["rows"][0].item.doc
        values = await _values(here, scope, first, "") | {"chosen": False}
    return here.console.pages.html("moderation/page.html", values)


async def _values(here: Visit, scope: str, doc: Doc | None, trouble: str) -> dict[str, Any]:
    values = await surroundings(here, scope, "moderation")
    values |= {"focus": None, "chosen": doc is not None, "trouble": trouble, "told": "", "verdict": None}
    values |= await _queue(here, values, doc["_id"] if doc else "")
    if doc is not None:
        values |= await case_values(here, values["shell"], values["w"], doc)
    return values


async def _queue(here: Visit, values: Mapping[str, Any], current: str) -> dict[str, Any]:
    shell, words = values["shell"], values["w"]
    docs = await here.console.inbox.cases(here.brands(shell.scope))
    names = await here.console.members.names([claimed_by(doc, here) for doc in docs])
    rows: Sequence[CaseRow] = [case_row(doc, shell, words, here, names) for doc in docs]
    return {"rows": [replace(row, current=row.item.id == current) for row in rows], "total": len(docs)}
