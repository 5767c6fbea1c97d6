"""Audit: who did what, when and why, and what the networks did of it; for managers and admins."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.console.domain.access import EVERY_BRAND
from services.console.domain.brands import BrandTile, tile
from services.console.domain.membership import manages_all
from services.console.domain.networks import badge
from services.console.shell import surroundings
from services.console.store.audit import PAGE, Asked, chain_of_agency
from services.console.visits import ALL, Visit, Visiting, zone_of
from services.console.words import Words

router = APIRouter(include_in_schema=False)
SECTION = "audit"
KINDS = (
    "inbox",
    "moderation",
    "publisher",
    "network",
    "hold",
    "channel",
    "crm",
    "campaigns",
    "person",
    "key",
    "member",
    "ingest",
)
PLACES = {"moderation": "inbox", "inbox": "inbox", "publisher": "posts", "network": "inbox"}
SAID = {  # what is told of an act, and where its words are if it is one of ours
    "member": "",
    "roles": "",
    "fields": "",
    "count": "",
    "by": "",
    "decision": "why.outcome_",
    "to": "moderation.to_",
    "steps": "hold.step_",
    "ended": "audit.ended_",
    "outcome": "audit.outcome_",
    "due_at": "",
    "local": "",
    "version": "",
    "network": "",
    "why": "",
    "reason": "",
}
TIMES = ("due_at", "local")
Doc = Mapping[str, Any]


@router.get("/{scope}/audit")
async def audit_page(scope: str, here: Visiting) -> Response:
    """The newest first, a hundred a page; filters are in the address."""
    brands, person = [one for one in here.brands(scope) if here.person.may("audit", one)], here.person
    agency = chain_of_agency(person.agency_id) if scope == ALL and manages_all(person) else ""
    if agency:
        brands.append(agency)
    if not brands:
        raise HTTPException(403)
    values = await surroundings(here, scope, SECTION)
    given, audit = here.request.query_params, here.console.audit
    asked = _asked(given, values["w"])
    found = await audit.page(brands, asked)
    people = await audit.people(brands)
    names = await here.console.members.names(people)
    tiles = {brand.id: brand for brand in values["shell"].brands}
    if agency:
        known = await here.console.directory.agency(person.agency_id)
        tiles[agency] = tile({"_id": agency, "name": (known or {}).get("name", "")})
    shown = [_row(row, tiles, names, values["w"], here) for row in found[:PAGE] if row["brand_id"] in tiles]
    filters = {name: given.get(name, "") for name in ("person", "act", "from", "to")}
    older = found[PAGE - 1]["at"].isoformat() if len(found) > PAGE else ""
    values |= {
        "rows": shown,
        "people": sorted((names.get(one, one), one) for one in people),
        "kinds": KINDS,
        "filters": filters,
        "older": f"/{scope}/audit?{urlencode({**filters, 'before': older})}" if older else "",
    }
    return here.console.pages.html("audit/page.html", values)


def _asked(given: Mapping[str, str], words: Words) -> Asked:
    """What cannot be read as a day or moment is no filter."""
    act = given.get("act", "")
    until, before = _day(given.get("to", ""), words), _moment(given.get("before", ""))
    until = until + timedelta(days=1) if until else None
    return Asked(
        person=given.get("person", ""),
        act=act if act in KINDS else "",
        since=_day(given.get("from", ""), words),
        until=min((one for one in (until, before) if one), default=None),
    )


def _day(text: str, words: Words) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), words.zone)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _row(
    row: Doc, tiles: Mapping[str, BrandTile], names: Mapping[str, str], words: Words, here: Visit
) -> dict[str, Any]:
    brand, kind = tiles[row["brand_id"]], row["act"].partition(".")[0]
    own, about = words.at(zone_of(brand.timezone)), row["about"]
    refused = {"ended": ""} if row["details"].get("ended") == "failed" else {}  # the act's own words say it
    details = row["details"] | refused | {"roles": _roles(row["details"].get("roles", ()), tiles, words)}
    place = "posts" if row["act"] == "network.post" else PLACES.get(kind, "")
    person = row["person"]
    return {
        "brand": brand,
        "when": own.moment(row["at"], here.now),
        "zone": "" if own.offset(row["at"]) == words.offset(row["at"]) else own.offset(row["at"]),
        "full": own.full(row["at"]),
        "person": names.get(person, person) or _nobody(row, words),
        "act": _act(row, words),
        "href": f"/{row['brand_id']}/{place}/{about}" if place and len(about) == 36 else "",
        "about": "" if kind == "member" else about,
        "said": ", ".join(_told(name, details[name], own, here.now) for name in SAID if details.get(name)),
        "linked": row.get("linked", False),
    }


def _act(row: Doc, words: Words) -> str:
    """What was done; what a network refused it has not done."""
    ended = "refused" if row["details"].get("ended") == "failed" else "act"
    return words.known(f"audit.{ended}_{row['act'].replace('.', '_')}", row["act"])


def _nobody(row: Doc, words: Words) -> str:
    """Who did it where no person did: a rule, or for a post that left at its hour, nobody."""
    if row.get("erased"):
        return words("audit.erased")
    return "–" if row["act"] == "network.post" else words("audit.by_rule")


def _roles(roles: Sequence[str], tiles: Mapping[str, BrandTile], words: Words) -> str:
    """`kerlann: manager` and `*: viewer` in words."""
    told = []
    for place, _, role in (one.partition(": ") for one in roles):
        where = words("members.everywhere") if place == EVERY_BRAND else tiles[place].name if place in tiles else place
        told.append(words.pair(where, words.known(f"members.role_{role}", role)))
    return ", ".join(told)


def _told(name: str, value: Any, words: Words, now: datetime) -> str:
    """One detail in words; a time by the brand's clock, what no word of ours says as it stands."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(words.known(f"{SAID[name]}{one}", str(one)).lower() for one in value)
    if name == "network":
        return badge(str(value)).name
    if name in TIMES:
        return _written(str(value), words, now)
    return words.known(f"{SAID[name]}{value}", str(value))


def _written(text: str, words: Words, now: datetime) -> str:
    """A moment as people write it; one without its zone is the brand's own."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return words.moment(moment if moment.tzinfo else moment.replace(tzinfo=words.zone), now)
