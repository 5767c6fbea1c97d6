"""House rules: read by everybody of the brand in the order in which they are asked, written by its managers."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console.commanding import log
from services.console.domain.numbers import HIGHEST, whole
from services.console.owners import Order, OwnerAway, Reply
from services.console.pages.rules_view import Form, changed, listed, order_changed, problems_of, tried, without
from services.console.shell import surroundings
from services.console.visits import ALL, Acting, Visit, Visiting
from shared.rights import Right

router = APIRouter(include_in_schema=False)
TRIED_ON = 50
DONE = frozenset({"saved", "removed", "moved"})
Standing = Mapping[str, Any]


@router.get("/{scope}/rules")
async def rules_page(scope: str, here: Visiting) -> Response:
    """The rules of one brand; of all brands, the choice of one comes first."""
    if scope == ALL:
        values = await surroundings(here, scope, "moderation")
        return here.console.pages.html("rules/choose.html", values)
    return await _page(here, scope)


@router.get("/{brand_id}/rules/edit")
async def edit_page(brand_id: str, here: Visiting) -> Response:
    """One rule in a form: the brand's own, an agency's to be adapted, or (without a name) a new one."""
    here.must("policies", brand_id)
    standing = await _standing(here, brand_id)
    if standing is None:
        return await _page(here, brand_id)
    name = here.request.query_params.get("rule", "")
    rules = [*standing["own"]["rules"], *standing["agency"]["rules"]]
    rule = next((one for one in rules if one["name"] == name), None)
    if name and rule is None:
        raise HTTPException(404)
    return await _form(here, brand_id, standing, Form.of(rule, standing["own"]["version"]))


@router.post("/{brand_id}/rules/edit")
async def save(brand_id: str, here: Acting) -> Response:
    """`do` is try (on what was said last; nothing is saved) or save (a new version, from now on)."""
    here.must("policies", brand_id)
    form = Form.read(await here.request.form())
    standing = await _standing(here, brand_id)
    if standing is None:
        return await _form(here, brand_id, {}, form, trouble=here.words("inbox.away", service="moderation"))
    rules, place = changed(standing["own"]["rules"], form)
    if form.do == "try":
        answer = await _try(here, brand_id, rules)
    else:
        answer = await _put(here, brand_id, rules, form.version, form.name)
    if answer is None:
        return await _form(here, brand_id, standing, form, trouble=here.words("inbox.away", service="moderation"))
    if answer.status == 409:
        now = form.at(int((answer.body.get("current") or {}).get("version", 0)))
        return await _form(here, brand_id, standing, now, trouble=here.words("rules.changed_meanwhile"), status=409)
    if not answer.ok:
        return await _form(here, brand_id, standing, form, problems=problems_of(answer.body, place), status=422)
    if form.do == "try":
        return await _form(here, brand_id, standing, form, trial=await _found(here, brand_id, answer, form))
    return RedirectResponse(f"/{brand_id}/rules?done=saved", status_code=303)


@router.post("/{brand_id}/rules/{act}")
async def act(brand_id: str, act: str, here: Acting) -> Response:
    """up, down or remove one of the brand's own rules: a new version."""
    here.must("policies", brand_id)
    form = await here.request.form()
    name, version = str(form.get("rule", "")), whole(str(form.get("version", "")), HIGHEST) or 0
    standing = await _standing(here, brand_id)
    if standing is None:
        return await _page(here, brand_id)
    own = standing["own"]["rules"]
    if act not in ("up", "down", "remove") or not any(one["name"] == name for one in own):
        raise HTTPException(404)
    rules = without(own, name) if act == "remove" else order_changed(own, name, -1 if act == "up" else 1)
    answer = await _put(here, brand_id, rules, version, name)
    if answer is None or not answer.ok:
        key = "rules.changed_meanwhile" if answer is not None and answer.status == 409 else ""
        trouble = here.words(key) if key else answer.detail if answer else ""
        return await _page(here, brand_id, trouble=trouble)
    return RedirectResponse(f"/{brand_id}/rules?done={'removed' if act == 'remove' else 'moved'}", status_code=303)


async def _page(here: Visit, brand_id: str, trouble: str = "") -> Response:
    values = await surroundings(here, brand_id, "moderation")
    standing, done = await _standing(here, brand_id), here.request.query_params.get("done", "")
    words = values["w"]
    return here.console.pages.html(
        "rules/page.html",
        values
        | {
            "standing": standing,
            "rules": listed(standing, words) if standing else (),
            "may_write": here.person.may("policies", brand_id),
            "told": words(f"rules.{done}") if done in DONE else "",
            "trouble": trouble or ("" if standing else words("inbox.away", service="moderation")),
        },
    )


async def _form(
    here: Visit, brand_id: str, standing: Standing, form: Form, *, status: int = 200, **said: Any
) -> Response:
    values = await surroundings(here, brand_id, "moderation")
    values |= {"form": form, "problems": {}, "trouble": "", "trial": None, "variables": standing.get("variables", {})}
    values |= {"tried_on": TRIED_ON}
    return here.console.pages.html("rules/edit.html", values | said, status=status)


async def _standing(here: Visit, brand_id: str) -> Standing | None:
    """What the brand is judged by; None while moderation is away."""
    here.must("read", brand_id)
    answer = await _ask(here, "GET", brand_id, "/house-rules", "read", None)
    return answer.body if answer is not None and answer.ok else None


async def _put(here: Visit, brand_id: str, rules: list[Any], version: int, about: str) -> Reply | None:
    answer = await _ask(here, "PUT", brand_id, "/policy", "policies", {"rules": rules, "version": version})
    if answer is not None and answer.ok:
        await log(here, brand_id, "moderation.policy", about, {"version": answer.body.get("version")})
    return answer


async def _try(here: Visit, brand_id: str, rules: list[Any]) -> Reply | None:
    latest = await here.console.inbox.latest(brand_id, "", 2 * TRIED_ON)
    said = [doc["_id"] for doc in latest if doc.get("text") and not doc.get("author_is_brand")][:TRIED_ON]
    body = {"rules": rules, "interactions": said}
    return await _ask(here, "POST", brand_id, "/house-rules/try", "policies", body)


async def _found(here: Visit, brand_id: str, answer: Reply, form: Form) -> Any:
    samples = answer.body.get("samples", {}).get(form.name, [])
    docs = [await here.console.inbox.get([brand_id], one) for one in samples]
    return tried(answer.body, form.name, [doc for doc in docs if doc is not None])


async def _ask(here: Visit, method: str, brand_id: str, path: str, right: Right, body: Any) -> Reply | None:
    key, person = here.console.floor.new_id(), here.person.member_id
    given = Order("moderation", method, f"/brands/{brand_id}{path}", right, brand_id, person, key, body)
    try:
        return await here.console.owners.send(given)
    except OwnerAway:
        return None
