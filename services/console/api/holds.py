"""`/api/v1/…/hold`: stop what leaves for one brand, several or all; see what a hold met; release it in steps."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.console import holding
from services.console.api.access import AtAnyRate
from services.console.domain.holds import GATED, NotHeld, NotYet, Scope, next_step
from services.console.resources import Console
from shared.commands import answers
from shared.errors import NotFound
from shared.holds import shut_by
from shared.mongo.operations import Document
from shared.problems import Problem, responses

router = APIRouter(prefix="/api/v1", tags=["holds"], dependencies=[AtAnyRate], responses=responses(401, 404, 409, 422))
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]
Person = Annotated[str, Header(alias="X-Parvis-Person", max_length=120)]
BrandId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
WHY = "Lorient parcels: nothing leaves until we know"
HOLD_EXAMPLE: dict[str, Any] = {
    "hold_id": "2b7c9f0e-4f0a-5a52-9a0b-6f3f1c0d5e01",
    "scope": "brand",
    "shut": ["replies", "posts", "spend"],
    "next": "replies",
    "asked": "",
    "person": "ines",
    "why": WHY,
    "since": "2026-11-25T09:05:00+00:00",
}
STATE_EXAMPLE: dict[str, Any] = {
    "brand_id": "br-kerlann",
    "seq": 1,
    "shut": ["replies", "posts", "spend"],
    "holds": [HOLD_EXAMPLE],
    "services": {
        "publisher": {
            "confirmed": True,
            "at": "2026-11-25T09:05:00.071000+00:00",
            "waiting": {"replies": 4, "posts": 6},
            "in_flight": [],
            "left": [],
        },
        "campaigns": {
            "confirmed": True,
            "at": "2026-11-25T09:05:00.083000+00:00",
            "waiting": {},
            "in_flight": [],
            "left": [],
        },
    },
}


class Asked(BaseModel):
    """Why, and whether hides and deletes stop too."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"why": WHY}]})

    why: str = Field(min_length=1, max_length=500)
    moderation: bool = False


class AskedOfMany(Asked):
    """The same of several brands; `brands` is a list of ids, or "all"."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"why": WHY, "brands": ["br-kerlann", "br-velonaute"]}]}
    )

    brands: list[BrandId] | Literal["all"]


class Release(BaseModel):
    """One step of one hold, in the order moderation, replies, posts, spend."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"hold_id": HOLD_EXAMPLE["hold_id"], "step": "replies", "why": "found"}]},
    )

    hold_id: str
    step: Literal["moderation", "replies", "posts", "spend"]
    why: str = Field("", max_length=500)


@router.get("/brands/{brand_id}/hold", responses=answers(200, STATE_EXAMPLE))
async def read(brand_id: str, console: Console) -> dict[str, Any]:
    """What is shut and why, who has confirmed it, and what it met."""
    return await _state(console, brand_id)


@router.post("/brands/{brand_id}/hold", responses=answers(200, STATE_EXAMPLE))
async def hold(
    brand_id: str, body: Asked, console: Console, key: Key = "", person: Person = "operator"
) -> dict[str, Any]:
    """Stop posts, replies and spend of a brand; the same key again is the same hold."""
    await _known(console, [brand_id])
    await _hold(console, person, [brand_id], "brand", body, key)
    return await _state(console, brand_id)


@router.post("/holds", responses=answers(200, {"hold_id": HOLD_EXAMPLE["hold_id"], "brands": 2}, "One id on many"))
async def hold_many(body: AskedOfMany, console: Console, key: Key = "", person: Person = "operator") -> dict[str, Any]:
    """Stop several brands at once, or all."""
    everything = body.brands == "all"
    brands = list(await console.directory.brand_names()) if everything else list(dict.fromkeys(body.brands))
    await _known(console, brands)
    hold_id = await _hold(console, person, brands, "all" if everything else "group", body, key)
    return {"hold_id": hold_id, "brands": len(brands)}


@router.post("/brands/{brand_id}/hold/release", responses=answers(200, STATE_EXAMPLE))
async def release(brand_id: str, body: Release, console: Console, person: Person = "operator") -> dict[str, Any]:
    """Release one step for this brand; spend may need a second person: then the first is named as `asked`."""
    try:
        await holding.release(console, person, brand_id, body.hold_id, body.step, body.why)
    except NotHeld:
        raise Problem(409, "that hold no longer shuts this step", current=await _state(console, brand_id)) from None
    except NotYet as first:
        raise Problem(409, f"release {first} first", current=await _state(console, brand_id)) from None
    return await _state(console, brand_id)


async def _hold(console: Console, person: str, brands: Sequence[str], scope: Scope, body: Asked, key: str) -> str:
    own = key or console.floor.new_id()
    return await holding.hold(console, person, brands, scope, body.why, moderation=body.moderation, key=own)


async def _known(console: Console, brands: Sequence[str]) -> None:
    known = {brand["_id"] for brand in await console.directory.brands(brands)}
    if strange := [one for one in brands if one not in known]:
        raise NotFound(f"no brand {strange[0]}")


async def _state(console: Console, brand_id: str) -> dict[str, Any]:
    await _known(console, [brand_id])
    never: Document = {"_id": brand_id, "seq": 0, "holds": [], "told": {}}
    (row,) = await console.holds.of([brand_id]) or (never,)
    holds = [_shown(hold) for hold in row["holds"]]
    services = {service: _confirmed(row, service) for service in GATED}
    return {
        "brand_id": brand_id,
        "seq": row["seq"],
        "shut": shut_by(row["holds"]),
        "holds": holds,
        "services": services,
    }


def _shown(hold: Document) -> dict[str, Any]:
    names = ("hold_id", "scope", "shut", "asked", "person", "why")
    return {name: hold[name] for name in names} | {"next": next_step(hold), "since": hold["since"].isoformat()}


def _confirmed(row: Document, service: str) -> dict[str, Any]:
    told, met = row["told"].get(service) or {}, (row.get("met") or {}).get(service) or {}
    return {
        "confirmed": told.get("seq") == row["seq"],
        "at": told["at"].isoformat() if told else None,
        "waiting": told.get("waiting", {}),
        "in_flight": met.get("in_flight", []),
        "left": met.get("left", []),
    }
