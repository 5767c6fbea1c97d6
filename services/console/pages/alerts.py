"""Alerts: what a person was told of, and how they want to be told."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, time
from typing import Any
from zoneinfo import available_timezones

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console.alerting import brands_of, told_of
from services.console.domain.alerts import MODES, strongest
from services.console.domain.relay import is_address
from services.console.pages.alert_hooks import may_hook
from services.console.shell import surroundings
from services.console.visits import ALL, Acting, Visit, Visiting, zone_of

router = APIRouter(include_in_schema=False)
SECTION = "alerts"
CLOCKS = ("quiet_from", "quiet_to", "daily_at")


@router.get("/{scope}/alerts")
async def alerts_page(scope: str, here: Visiting) -> Response:
    """The newest hundred, of all brands of the person or of one; seen once they are shown."""
    brands, person, desk = here.brands(scope), here.person, here.console.alerting
    values = await surroundings(here, scope, SECTION)
    choices = await desk.people.choices(person)
    found = await desk.alerts.of(person.login, brands, operator=person.operator and scope == ALL)
    tiles = {brand.id: brand for brand in values["shell"].brands}
    words, over = values["w"].at(zone_of(choices.zone)), await desk.standing.over(found)
    names = {brand["_id"]: brand["name"] for brand in await here.console.directory.brands(brands_of(found))}
    told = [told_of(one, names, words, here.now, seen=choices.seen_until, over=one["_id"] in over) for one in found]
    rows = [(tiles.get(one["brand_id"]), shown) for one, shown in zip(found, told, strict=True)]
    until = max((one["created_at"] for one in found), default=here.now).isoformat() if scope == ALL else ""
    return here.console.pages.html(
        "alerts/page.html", values | {"rows": rows, "until": until, "may_hook": await may_hook(here)}
    )


@router.post("/alerts/seen")
async def seen(here: Acting) -> Response:
    """What was listed is no longer new."""
    given = str((await here.request.form()).get("until", ""))
    if given:
        try:
            until = datetime.fromisoformat(given)
        except ValueError:
            raise HTTPException(422) from None
        if until.tzinfo is None:
            raise HTTPException(422)
        await here.console.alerting.people.seen(here.person.login, min(until, here.now))
    return Response(status_code=204)


@router.get("/{scope}/alerts/settings")
async def settings_page(scope: str, here: Visiting) -> Response:
    """The person's own choices."""
    here.brands(scope)
    saved = here.request.query_params.get("done") == "saved"
    given = asdict(await here.console.alerting.people.choices(here.person))
    return await _settings(here, given, told=here.words("alerts.saved") if saved else "")


@router.post("/alerts/settings")
async def choose(here: Acting) -> Response:
    """Keep what was chosen; what is as usual stays so when the role's usual changes."""
    form = {name: str(value).strip() for name, value in (await here.request.form()).items()}
    usual = strongest(here.person.roles, operator=here.person.operator)
    kinds = {kind: form.get(f"kind_{kind}", "") for kind in usual}
    given: dict[str, Any] = {name: form.get(name, "") for name in ("email", "zone", *CLOCKS)}
    given |= {"kinds": {kind: mode for kind, mode in kinds.items() if mode in MODES and mode != usual[kind]}}
    if trouble := _trouble(given):
        return await _settings(here, given, trouble=here.words(trouble))
    await here.console.alerting.people.choose(here.person.login, given)
    return RedirectResponse(f"/{ALL}/alerts/settings?done=saved", status_code=303)


def _trouble(given: Mapping[str, Any]) -> str:
    """Which message says what is wrong; empty where nothing is."""
    if given["email"] and not is_address(given["email"]):
        return "alerts.email_bad"
    if given["zone"] not in available_timezones():
        return "alerts.zone_bad"
    return "" if all(_is_clock(given[name]) for name in CLOCKS) else "alerts.clock_bad"


def _is_clock(text: str) -> bool:
    try:
        return len(text) == 5 and time.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


async def _settings(here: Visit, given: Mapping[str, Any], *, told: str = "", trouble: str = "") -> Response:
    values = await surroundings(here, ALL, SECTION)
    values |= {
        "given": given,
        "usual": strongest(here.person.roles, operator=here.person.operator),
        "modes": MODES,
        "zones": sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
        "mailed": here.console.alerting.mailer is not None,
        "told": told,
        "trouble": trouble,
    }
    return here.console.pages.html("alerts/settings.html", values, status=422 if trouble else 200)
