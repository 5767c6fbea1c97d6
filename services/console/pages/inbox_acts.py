"""What people do in the inbox: answer, hide, show again, take back, finish, take. Each act answers with the
conversation as it is then; a refusal says why and keeps what was typed."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from services.console.commanding import command, log, order
from services.console.owners import Order, OwnerAway
from services.console.pages.inbox import item_of, open_fragment
from services.console.store import fold
from services.console.store.fold import Stage
from services.console.visits import Acting, Visit

LONGEST_REPLY = 10_000
router = APIRouter(include_in_schema=False)


@router.post("/{brand_id}/inbox/{interaction_id}/reply")
async def reply(
    brand_id: str,
    interaction_id: str,
    here: Acting,
    text: Annotated[str, Form(max_length=LONGEST_REPLY)],
    reply_id: Annotated[str, Form(max_length=80)],
) -> Response:
    """Answer. The form's own id makes a second press the same answer."""
    here.must("reply", brand_id)
    doc = await item_of(here, brand_id, interaction_id)
    author = doc.get("author") or {}
    body = {
        "interaction_id": interaction_id,
        "text": text.strip(),
        "reply_id": reply_id,
        "place": doc["place"],
        "author_handle": author.get("handle", ""),
        "author_external_id": author.get("external_id", ""),
    }
    given = order(here, "publisher", "/replies", "reply", brand_id, body, key=reply_id)
    return await _carry_out(here, given, interaction_id, told="inbox.sent_ok", draft=text)


@router.post("/{brand_id}/inbox/{interaction_id}/hide")
async def hide(brand_id: str, interaction_id: str, here: Acting) -> Response:
    """A person's hide is a decision: it opens a case where there is none, and can be taken back."""
    return await _decide(here, brand_id, interaction_id, "hide")


@router.post("/{brand_id}/inbox/{interaction_id}/show")
async def show(brand_id: str, interaction_id: str, here: Acting) -> Response:
    """Show again what was hidden."""
    return await _decide(here, brand_id, interaction_id, "allow")


@router.post("/{brand_id}/inbox/{interaction_id}/finish")
async def finish(brand_id: str, interaction_id: str, here: Acting) -> Response:
    """Nothing more is to be done about this text; an edit brings it back."""
    person = here.person
    marks = {"finished_by": person.member_id, "finished_name": person.name, "finished_at": here.now}
    stages: list[Stage] = [fold.once(marks), {"$set": {"finished_revision": "$revision"}}]
    return await _handle(here, brand_id, interaction_id, "inbox.finish", stages)


@router.post("/{brand_id}/inbox/{interaction_id}/reopen")
async def reopen(brand_id: str, interaction_id: str, here: Acting) -> Response:
    """Back among those to answer."""
    stages: list[Stage] = [{"$unset": ["finished_by", "finished_name", "finished_at", "finished_revision"]}]
    return await _handle(here, brand_id, interaction_id, "inbox.reopen", stages)


@router.post("/{brand_id}/inbox/{interaction_id}/take")
async def take(brand_id: str, interaction_id: str, here: Acting) -> Response:
    """The person means to answer it."""
    marks = {"assignee": here.person.member_id, "assignee_name": here.person.name}
    return await _handle(here, brand_id, interaction_id, "inbox.take", [fold.once(marks)])


@router.post("/{brand_id}/inbox/{interaction_id}/leave")
async def leave(brand_id: str, interaction_id: str, here: Acting) -> Response:
    """Nobody's again."""
    stages: list[Stage] = [{"$unset": ["assignee", "assignee_name"]}]
    return await _handle(here, brand_id, interaction_id, "inbox.leave", stages)


async def _decide(here: Visit, brand_id: str, interaction_id: str, decision: str) -> Response:
    here.must("decide", brand_id)
    doc = await item_of(here, brand_id, interaction_id)
    body = {"revision": doc["revision"], "decision": decision, "reason": ""}
    given = order(here, "moderation", f"/interactions/{interaction_id}/decide", "decide", brand_id, body)
    return await _carry_out(here, given, interaction_id)


async def _carry_out(here: Visit, given: Order, interaction_id: str, told: str = "", draft: str = "") -> Response:
    words, said = here.words, {"draft": draft}
    try:
        answer = await command(here, given, interaction_id)
    except OwnerAway as away:
        said["trouble"] = words("inbox.away", service=away.service)
        return await _answer(here, given.brand_id, interaction_id, said)
    if answer.ok:
        said = {"told": words(told) if told else "", "draft": ""}
    elif answer.status == 404:
        said["trouble"] = words("inbox.not_seen")
    else:
        said["trouble"] = words("inbox.refused", why=answer.detail)
    return await _answer(here, given.brand_id, interaction_id, said)


async def _handle(here: Visit, brand_id: str, interaction_id: str, act: str, stages: list[Stage]) -> Response:
    """An act that is console's own."""
    here.must("note", brand_id)
    await item_of(here, brand_id, interaction_id)
    await here.console.inbox.handle(brand_id, interaction_id, stages)
    await log(here, brand_id, act, interaction_id)
    return await _answer(here, brand_id, interaction_id, {})


async def _answer(here: Visit, brand_id: str, interaction_id: str, said: dict[str, Any]) -> Response:
    scope = here.scope_asked(brand_id)
    if not here.is_fragment:
        return RedirectResponse(f"/{scope}/inbox/{interaction_id}", status_code=303)
    doc = await item_of(here, brand_id, interaction_id)
    return await open_fragment(here, scope, doc, said=said)
