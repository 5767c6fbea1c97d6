"""CRM: where a brand's other systems are told what happens, how that went, and the keys with which they call us."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console.commanding import log
from services.console.owners import Order, OwnerAway, Reply
from services.console.pages.crm_view import endpoint_view
from services.console.shell import surroundings
from services.console.visits import ALL, Acting, Visit, Visiting
from shared.events.crm.parts import OFFERED

router = APIRouter(include_in_schema=False)
ACTS = frozenset({"pause", "resume", "remove"})
DONE = ACTS | {"revoked"}
SHOWN = 12
Word = Annotated[str, Form(max_length=200)]


@router.get("/{scope}/crm")
async def crm_page(scope: str, here: Visiting) -> Response:
    """The endpoints and keys of one brand; of all brands, the choice of one comes first."""
    if scope == ALL:
        return here.console.pages.html("crm/choose.html", await surroundings(here, scope, "crm"))
    done = here.request.query_params.get("done", "")
    return await _page(here, scope, told=here.words(f"crm.done_{done}") if done in DONE else "")


@router.get("/{brand_id}/crm/new")
async def new_page(brand_id: str, here: Visiting) -> Response:
    """The form that registers an endpoint."""
    here.must("endpoints", brand_id)
    return await _form(here, brand_id, {"url": "", "description": "", "events": ()})


@router.post("/{brand_id}/crm/new")
async def register(brand_id: str, here: Acting, url: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Registers it; its secret is shown on the page that answers, and never again."""
    here.must("endpoints", brand_id)
    form = await here.request.form()
    chosen = [str(name) for name in form.getlist("events")]
    given = {"url": url.strip(), "description": str(form.get("description", "")), "events": chosen}
    if not chosen:
        return await _form(here, brand_id, given, trouble=here.words("crm.needs"))
    answer = await _ask(here, brand_id, "", given, key=str(form.get("key", "")))
    if answer is None or not answer.ok:
        refused = answer is not None and answer.status == 422
        trouble = here.words("crm.address_trouble") if refused else _trouble(here, answer)
        return await _form(here, brand_id, given, trouble=trouble)
    return await _page(here, brand_id, told=here.words("crm.registered"), secret=answer.body.get("secret", ""))


@router.post("/{brand_id}/crm/keys")
async def make_key(brand_id: str, here: Acting, name: Annotated[str, Form(max_length=80)] = "") -> Response:
    """A new key of the brand, shown on the page that answers, and never again."""
    here.must("endpoints", brand_id)
    name = name.strip() or "API"
    key = await here.console.keys.make(brand_id, name, here.person.member_id, here.now)
    await log(here, brand_id, "key.made", name)
    return await _page(here, brand_id, told=here.words("crm.key_made", name=name), secret=key)


@router.post("/{brand_id}/crm/keys/{key_id}/revoke")
async def revoke_key(brand_id: str, key_id: str, here: Acting) -> Response:
    """It opens nothing any more."""
    here.must("endpoints", brand_id)
    if not await here.console.keys.revoke(brand_id, key_id):
        raise HTTPException(404)
    await log(here, brand_id, "key.revoked", key_id[:8])
    return RedirectResponse(f"/{brand_id}/crm?done=revoked", status_code=303)


@router.post("/{brand_id}/crm/{endpoint_id}/rotate")
async def rotate(brand_id: str, endpoint_id: str, here: Acting) -> Response:
    """A new secret, shown on the page that answers; for a day the old one signs too."""
    answer = await _ask(here, brand_id, f"/{endpoint_id}/rotate", {})
    if answer is None or not answer.ok:
        return await _page(here, brand_id, trouble=_trouble(here, answer))
    return await _page(here, brand_id, told=here.words("crm.rotated"), secret=answer.body.get("secret", ""))


@router.post("/{brand_id}/crm/{endpoint_id}/replay")
async def replay(brand_id: str, endpoint_id: str, here: Acting, delivery_id: Word = "") -> Response:
    """Tell again: one delivery, or all that failed."""
    answer = await _ask(here, brand_id, f"/{endpoint_id}/replay", {"delivery_id": delivery_id, "state": "failed"})
    if answer is None or not answer.ok:
        return await _page(here, brand_id, trouble=_trouble(here, answer))
    return await _page(here, brand_id, told=here.words("crm.again", count=int(answer.body.get("again", 0))))


@router.post("/{brand_id}/crm/{endpoint_id}/{act}")
async def act(brand_id: str, endpoint_id: str, act: str, here: Acting) -> Response:
    """pause (what happens is kept), resume or remove."""
    if act not in ACTS:
        raise HTTPException(404)
    answer = await _ask(here, brand_id, f"/{endpoint_id}/{act}", {})
    if answer is None or not answer.ok:
        return await _page(here, brand_id, trouble=_trouble(here, answer))
    return RedirectResponse(f"/{brand_id}/crm?done={act}", status_code=303)


async def _ask(here: Visit, brand_id: str, path: str, body: Mapping[str, Any], key: str = "") -> Reply | None:
    """A manager's command to crm, in the log and in the read model; None while crm is away."""
    here.must("endpoints", brand_id)
    own, person = key or here.console.floor.new_id(), here.person.member_id
    given = Order("crm", "POST", f"/brands/{brand_id}/endpoints{path}", "endpoints", brand_id, person, own, body)
    try:
        answer = await here.console.owners.send(given)
    except OwnerAway:
        return None
    if answer.ok:
        if "seq" in answer.body:
            await here.console.webhooks.take_in(answer.body)
        about = str(answer.body.get("endpoint_id", ""))
        await log(here, brand_id, f"crm.{path.rpartition('/')[2] or 'register'}", about)
    return answer


def _trouble(here: Visit, answer: Reply | None) -> str:
    if answer is None:
        return here.words("inbox.away", service="crm")
    return here.words("inbox.refused", why=answer.detail)


async def _page(here: Visit, brand_id: str, *, told: str = "", trouble: str = "", secret: str = "") -> Response:
    here.must("endpoints", brand_id)
    values, webhooks = await surroundings(here, brand_id, "crm"), here.console.webhooks
    words = values["w"]
    endpoints = [
        endpoint_view(
            one,
            await webhooks.latest(brand_id, one["_id"], SHOWN),
            await webhooks.failed(brand_id, one["_id"]),
            words,
            here.now,
        )
        for one in await webhooks.of(brand_id)
    ]
    keys = [
        {"id": one["_id"], "name": one["name"], "made": words.moment(one["created_at"], here.now)}
        for one in await here.console.keys.of(brand_id)
    ]
    values |= {"endpoints": endpoints, "keys": keys, "told": told, "trouble": trouble, "secret": secret}
    return here.console.pages.html("crm/page.html", values, status=422 if trouble else 200)


async def _form(here: Visit, brand_id: str, given: Mapping[str, Any], trouble: str = "") -> Response:
    values = await surroundings(here, brand_id, "crm")
    values |= {"given": given, "trouble": trouble, "facts": OFFERED, "command_key": here.console.floor.new_id()}
    return here.console.pages.html("crm/new.html", values, status=422 if trouble else 200)
