"""What moves a post on: save, ask, approve, schedule, send, take back, settle. Each is publisher's command."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from services.console.commanding import command, order
from services.console.owners import OwnerAway, Reply
from services.console.pages.composer import NEW, show
from services.console.pages.composer_view import EDITABLE, Draft
from services.console.pages.posts import post_of
from services.console.visits import Acting, Visit
from shared.rights import Right

router = APIRouter(include_in_schema=False)
Doc = Mapping[str, Any]
RIGHTS: Mapping[str, Right] = {
    "save": "compose",
    "submit": "compose",
    "approve": "approve",
    "schedule": "schedule",
    "send": "schedule",
    "cancel": "schedule",
}
PAST = {
    "save": "saved",
    "submit": "submitted",
    "approve": "approved",
    "schedule": "scheduled",
    "send": "sent",
    "cancel": "cancelled",
}


@router.post("/{brand_id}/posts/{post_id}")
async def move_on(
    brand_id: str,
    post_id: str,
    here: Acting,
    do: Annotated[str, Form(pattern="^(save|submit|approve|schedule|send|cancel)$")] = "schedule",
    seq: Annotated[int, Form()] = 0,
) -> Response:
    """What was typed is saved first, then the post is moved on; each step waits for publisher's answer."""
    asked = here.request.query_params.get("again", "")
    do = asked if asked in RIGHTS else do
    here.must(RIGHTS[do], brand_id)
    form = await here.request.form()
    post = await post_of(here, brand_id, post_id) if post_id != NEW else None
    draft = Draft.read(form) if "common" in form else Draft.stored(post or {})
    known = {**post, "seq": seq or post["seq"]} if post else None
    try:
        answer = await _steps(here, brand_id, known, draft, do, dict(form))
    except OwnerAway as away:
        return await show(here, brand_id, post, draft, trouble=here.words("inbox.away", service=away.service))
    if not answer.ok:
        return await _refused(here, brand_id, post, draft, answer, do)
    return RedirectResponse(f"/{brand_id}/posts/{answer.body['post_id']}?done={PAST[do]}", status_code=303)


@router.post("/{brand_id}/posts/{post_id}/settle/{delivery_id}")
async def settle(
    brand_id: str,
    post_id: str,
    delivery_id: str,
    here: Acting,
    outcome: Annotated[str, Form(pattern="^(confirmed|absent)$")],
    url: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """A person looked at the network and says whether a delivery is there."""
    here.must("schedule", brand_id)
    post = await post_of(here, brand_id, post_id)
    body = {"outcome": outcome, "url": url.strip(), "remote_id": url.strip(), "why": ""}
    given = order(here, "publisher", f"/deliveries/{delivery_id}/settle", "schedule", brand_id, body)
    try:
        answer = await command(here, given, post_id)
    except OwnerAway as away:
        trouble = here.words("inbox.away", service=away.service)
        return await show(here, brand_id, post, Draft.stored(post), trouble=trouble)
    if not answer.ok:
        return await _refused(here, brand_id, post, Draft.stored(post), answer, "schedule")
    return RedirectResponse(f"/{brand_id}/posts/{post_id}?done=settled", status_code=303)


async def _steps(here: Visit, brand_id: str, post: Doc | None, draft: Draft, do: str, form: Mapping[str, Any]) -> Reply:
    """The commands one after the other; the first refusal is the answer."""
    answer = Reply(200, post or {})
    if _is_changed(post, draft) and do not in ("approve", "cancel"):
        answer = await _save(here, brand_id, post, draft)
        post = {**answer.body, "_id": answer.body.get("post_id")} if answer.ok else post
    elif do in ("save", "submit") and post and _is_moved(form):
        answer = await _step(here, brand_id, post, "reschedule", form)
        post = {**answer.body, "_id": answer.body.get("post_id")} if answer.ok else post
    if not answer.ok or do == "save" or post is None:
        return answer if post is None else _so_far(answer, post)
    for act in _acts(str(post["state"]), do):
        answer = await _step(here, brand_id, post, act, form)
        if not answer.ok:
            return _so_far(answer, post)
        post = {**answer.body, "_id": answer.body["post_id"]}
    return answer


def _so_far(answer: Reply, post: Doc) -> Reply:
    """With which version of which post was reached: the steps before a refusal are done."""
    return Reply(answer.status, {**answer.body, "post_id": post["_id"], "seq": post["seq"]})


def _acts(state: str, do: str) -> Sequence[str]:
    """A draft that is scheduled or sent is submitted first (where the brand asks for no approval, that approves it)."""
    return ("submit", do) if state == "draft" and do in ("schedule", "send") else (do,)


async def _save(here: Visit, brand_id: str, post: Doc | None, draft: Draft) -> Reply:
    here.must("compose", brand_id)
    channels = await here.console.directory.channels([brand_id])
    networks = {channel["_id"]: channel["network"] for channel in channels}
    if post is None:
        body = draft.body(here.console.floor.new_id(), networks)
        return await command(here, order(here, "publisher", "/posts", "compose", brand_id, body), body["post_id"])
    path, body = f"/posts/{post['_id']}", draft.body(post["_id"], networks)
    given = order(here, "publisher", path, "compose", brand_id, body, seq=post["seq"])
    return await command(here, replace(given, method="PUT"), post["_id"])


async def _step(here: Visit, brand_id: str, post: Doc, act: str, form: Mapping[str, Any]) -> Reply:
    body: dict[str, Any] = {}
    if act in ("schedule", "reschedule"):
        body = {"due_at": form["due_at"]} if form.get("due_at") else {"local": form.get("local") or None}
    path = f"/posts/{post['_id']}/{act}"
    right = RIGHTS.get(act, "schedule")
    given = order(here, "publisher", path, right, brand_id, body, seq=post["seq"])
    return await command(here, given, post["_id"])


def _is_moved(form: Mapping[str, Any]) -> bool:
    """Whether another time was typed than the page showed."""
    return bool(form.get("due_at")) or form.get("local", "") not in ("", form.get("local_was", form.get("local", "")))


def _is_changed(post: Doc | None, draft: Draft) -> bool:
    if post is None:
        return True
    stored = Draft.stored(post)
    same = (draft.title, draft.common, set(draft.channels)) == (stored.title, stored.common, set(stored.channels))
    same = same and (dict(draft.own), _shown(draft)) == (dict(stored.own), _shown(stored))
    return post["state"] in EDITABLE and not same


def _shown(draft: Draft) -> Sequence[tuple[str, str]]:
    return [(one.url, one.alt) for one in draft.media]


async def _refused(here: Visit, brand_id: str, post: Doc | None, draft: Draft, answer: Reply, do: str) -> Response:
    """Why not, with what was typed; where the clocks skip or repeat the time, the moments to choose from."""
    words, known = here.words, answer.body.get("post_id") or (post and post["_id"])
    post = await post_of(here, brand_id, known) if known else None
    if answer.status == 409 and post is not None:
        stored = Draft.stored(post)
        return await show(here, brand_id, post, stored, status=409, trouble=words("posts.changed_meanwhile"))
    if post is not None:  # with the version that was reached: what another did meanwhile stays a conflict
        post = {**post, "seq": answer.body.get("seq", post["seq"])}
    choices = [
        {"value": choice, "words": words.moment(datetime.fromisoformat(choice), here.now)}
        for choice in answer.body.get("choices", ())
    ]
    passed = "calendar.passed" if answer.body.get("reason") == "past" else "inbox.refused"
    key = "posts.wrong_time" if choices else passed
    trouble = words(key, why=answer.detail)
    return await show(here, brand_id, post, draft, status=422, trouble=trouble, choices=choices, again=do)
