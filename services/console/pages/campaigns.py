"""Campaigns: the list, a campaign with its curve and creatives, the plan with its audience before anything is spent."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console.commanding import log
from services.console.domain import spending
from services.console.domain.numbers import HIGHEST, whole
from services.console.owners import Order, OwnerAway, Reply
from services.console.pages import campaign_plan as plans
from services.console.pages import campaigns_view as view
from services.console.shell import surroundings
from services.console.visits import Acting, Visit, Visiting, zone_of
from shared.rights import Right

router = APIRouter(include_in_schema=False)
SECTION = "campaigns"
ACTS = frozenset({"start", "pause", "resume", "end"})
Doc = Mapping[str, Any]


@router.get("/{scope}/campaigns")
async def campaigns_page(scope: str, here: Visiting) -> Response:
    """All campaigns of the brands shown."""
    return here.console.pages.html("campaigns/list.html", await _listed(here, scope))


@router.get("/{scope}/campaigns/now")
async def campaigns_now(scope: str, here: Visiting) -> Response:
    """The list again, after a doorbell."""
    return here.console.pages.html("campaigns/rows.html", await _listed(here, scope))


@router.get("/{brand_id}/campaigns/new")
async def new_page(brand_id: str, here: Visiting) -> Response:
    """An empty plan."""
    here.must("compose", brand_id)
    accounts = await _accounts(here, brand_id)
    today = here.now.astimezone(zone_of((await surroundings(here, brand_id, SECTION))["shell"].brand.timezone)).date()
    return await _form(here, brand_id, plans.fresh(today, next(iter(accounts), "")))


@router.post("/{brand_id}/campaigns/new")
async def create(brand_id: str, here: Acting) -> Response:
    """Looks at the audience, or keeps the plan as a draft."""
    return await _keep(here, brand_id, None)


@router.get("/{brand_id}/campaigns/{campaign_id}")
async def campaign_page(brand_id: str, campaign_id: str, here: Visiting) -> Response:
    """One campaign."""
    return await _page(here, brand_id, campaign_id, "campaigns/page.html")


@router.get("/{brand_id}/campaigns/{campaign_id}/now")
async def campaign_now(brand_id: str, campaign_id: str, here: Visiting) -> Response:
    """Its slabs again, after a doorbell."""
    return await _page(here, brand_id, campaign_id, "campaigns/slabs.html")


@router.get("/{brand_id}/campaigns/{campaign_id}/plan")
async def plan_page(brand_id: str, campaign_id: str, here: Visiting) -> Response:
    """Its plan in the form."""
    here.must("compose", brand_id)
    campaign = await _get(here, brand_id, campaign_id)
    return await _form(here, brand_id, plans.of(campaign), campaign)


@router.post("/{brand_id}/campaigns/{campaign_id}/plan")
async def change(brand_id: str, campaign_id: str, here: Acting) -> Response:
    """Looks at the audience, or keeps the other plan."""
    return await _keep(here, brand_id, await _get(here, brand_id, campaign_id))


@router.post("/{brand_id}/campaigns/{campaign_id}/{act}")
async def act(brand_id: str, campaign_id: str, act: str, here: Acting) -> Response:
    """start, pause, resume or end."""
    if act not in ACTS:
        raise HTTPException(404)
    form = await here.request.form()
    body = {"why": str(form.get("why", ""))[:500]} if act in ("pause", "end") else {}
    answer = await _ask(here, brand_id, ("POST", f"/campaigns/{campaign_id}/{act}"), "schedule", body, form)
    if answer is None or not answer.ok:
        return await _page(here, brand_id, campaign_id, "campaigns/page.html", _trouble(here, answer))
    return RedirectResponse(f"/{brand_id}/campaigns/{campaign_id}", status_code=303)


async def _keep(here: Visit, brand_id: str, campaign: Doc | None) -> Response:
    form = await here.request.form()
    given = plans.Given({name: str(value) for name, value in form.items()})
    if given.do == "preview":
        asked = await _ask(
            here, brand_id, ("POST", "/audiences/preview"), "compose", {"criteria": given.conditions()}, {}
        )
        shown = asked.body if asked is not None and asked.ok else None
        return await _form(here, brand_id, given, campaign, "" if shown else _trouble(here, asked), shown)
    call = ("PUT", f"/campaigns/{campaign['_id']}") if campaign else ("POST", "/campaigns")
    answer = await _ask(here, brand_id, call, "compose", given.body(), form)
    if answer is None or not answer.ok:
        return await _form(here, brand_id, given, campaign, _trouble(here, answer))
    return RedirectResponse(f"/{brand_id}/campaigns/{answer.body['campaign_id']}", status_code=303)


async def _ask(
    here: Visit, brand_id: str, call: tuple[str, str], right: Right, body: Doc, form: Mapping[str, Any]
) -> Reply | None:
    """A manager's command, in the log and in the read model; None while the service is away."""
    here.must(right, brand_id)
    method, path = call
    key, person = str(form.get("key", "")) or here.console.floor.new_id(), here.person.member_id
    expected = whole(str(form.get("seq", "")), HIGHEST)
    given = Order("campaigns", method, f"/brands/{brand_id}{path}", right, brand_id, person, key, body, expected)
    try:
        answer = await here.console.owners.send(given)
    except OwnerAway:
        return None
    state = answer.body if answer.ok else answer.body.get("current")
    if isinstance(state, dict) and "campaign_id" in state:
        await here.console.campaigns.take_in(state)
    if answer.ok and "campaign_id" in answer.body:
        act = path.rpartition("/")[2] if method == "POST" else "plan"
        await log(here, brand_id, f"campaigns.{act}", str(answer.body["campaign_id"]))
    return answer


def _trouble(here: Visit, answer: Reply | None) -> str:
    if answer is None:
        return here.words("inbox.away", service="campaigns")
    found = answer.body.get("errors")
    first = found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    return here.words("inbox.refused", why=str(first.get("why") or first.get("msg") or answer.detail))


async def _get(here: Visit, brand_id: str, campaign_id: str) -> Doc:
    here.must("read", brand_id)
    found = await here.console.campaigns.get(brand_id, campaign_id)
    if found is None or "number" not in found:
        raise HTTPException(404)
    return found


async def _accounts(here: Visit, brand_id: str) -> dict[str, str]:
    """The brand's ad accounts: id → name."""
    channels = await here.console.directory.channels([brand_id])
    return {one["_id"]: one["name"] for one in channels if one["network"] == "ads"}


async def _listed(here: Visit, scope: str) -> dict[str, Any]:
    values, brands, store = await surroundings(here, scope, SECTION), here.brands(scope), here.console.campaigns
    found = await store.of(brands)
    hours = await store.hours(brands, [one["_id"] for one in found])
    spent: dict[str, int] = {}
    for hour in hours:
        spent[hour["campaign_id"]] = spent.get(hour["campaign_id"], 0) + hour["spend"]
    tiles, words = values["shell"], values["w"]
    rows = [view.row(one, spent.get(one["_id"], 0), tiles.tile(one["brand_id"]), words) for one in found]
    may = values["shell"].brand is not None and here.person.may("compose", scope)
    return values | {"rows": rows, "may_compose": may}


async def _page(here: Visit, brand_id: str, campaign_id: str, template: str, trouble: str = "") -> Response:
    campaign = await _get(here, brand_id, campaign_id)
    values, now = await surroundings(here, brand_id, SECTION), here.now
    words = values["w"]
    hours = await here.console.campaigns.hours([brand_id], [campaign_id])
    names = await here.console.members.names([turn["person"] for turn in spending.turns(campaign)])
    may = here.person.may("schedule", brand_id)
    values |= {
        "campaign": campaign,
        "sign": view.sign(campaign, words),
        "days": view.days(campaign, words),
        "figures": view.figures(campaign, hours, words, now),
        "chart": view.chart(campaign, hours, words, now),
        "compared": view.compared(campaign, hours, words),
        "outcome": view.outcome(campaign, hours, words, now),
        "history": view.history(campaign, names, words, now),
        "acts": view.acts_of(campaign, spending.totals(hours)["spend"]) if may else (),
        "may_compose": here.person.may("compose", brand_id),
        "seq": campaign["number"][1],
        "command_key": here.console.floor.new_id(),
        "trouble": trouble,
    }
    return here.console.pages.html(template, values, status=422 if trouble else 200)


async def _form(
    here: Visit,
    brand_id: str,
    given: plans.Given,
    campaign: Doc | None = None,
    trouble: str = "",
    shown: Doc | None = None,
) -> Response:
    values = await surroundings(here, brand_id, SECTION)
    choices = {"objectives": plans.OBJECTIVES, "pacings": plans.PACINGS, "currencies": plans.CURRENCIES}
    values |= {"given": given, "accounts": await _accounts(here, brand_id), "trouble": trouble, "shown": shown}
    values |= {"campaign": campaign, "command_key": here.console.floor.new_id(), **choices}
    return here.console.pages.html("campaigns/plan.html", values, status=422 if trouble else 200)
