"""The ad network's surface: campaigns under the caller's reference, their audience, their reports; and its control."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.responses import Response

from parvis.simulator.ad_books import AdBooks, Campaign
from parvis.simulator.control import Body
from parvis.simulator.cutting import Cut
from parvis.simulator.faults import Trouble
from parvis.simulator.records import Account
from parvis.simulator.world import World

router = APIRouter(prefix="/ads")


class AdError(Exception):
    """A refusal."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class PaceAsked(Body):
    """How fast money is spent, and how often figures are told."""

    cents_per_second: float | None = Field(None, ge=0)
    report_seconds: float | None = Field(None, ge=0)


@router.patch("/pace")
async def set_pace(asked: PaceAsked, request: Request) -> PaceAsked:
    """From now on, for all campaigns."""
    books: AdBooks = request.app.state.resources.ads
    for campaign in books.campaigns.values():
        books.count(campaign)
    for name, value in asked.model_dump(exclude_none=True).items():
        setattr(books, name, value)
    return PaceAsked(cents_per_second=books.cents_per_second, report_seconds=books.report_seconds)


@router.get("/{account_id}/{ref}")
async def true_books(account_id: str, ref: str, request: Request) -> dict[str, Any]:
    """What a campaign really spent until now, whatever its reports have told."""
    books: AdBooks = request.app.state.resources.ads
    campaign = books.campaigns.get(f"{account_id}:{ref}")
    if campaign is None:
        raise HTTPException(404, "no such campaign")
    books.count(campaign)
    told = sum(one["spend"] for one in campaign.told.values())
    people = len(campaign.audience)
    return {"serving": campaign.serving, "spent": int(campaign.spent), "told": told, "audience": people}


class AdNetwork:
    """The network's routes."""

    def __init__(self, world: World, books: AdBooks) -> None:
        self._world, self._books = world, books

    async def me(self, request: Request) -> Response:
        """Whose token it is."""
        account = await self._caller(request, "read")
        return JSONResponse({"id": account.id, "name": account.name})

    async def put(self, request: Request) -> Response:
        """The campaign is so from now on."""
        account = await self._caller(request, "ads")
        campaign = self._books.put(account.id, request.path_params["ref"], _wish(orjson.loads(await request.body())))
        await self._world.strike("after", "ads", account)
        return JSONResponse({"serving": campaign.serving})

    async def audience(self, request: Request) -> Response:
        """Whom the campaign addresses."""
        await self._caller(request, "audience")
        members = [str(one) for one in orjson.loads(await request.body())["members"]]
        self._books.address(self._known(request), members)
        return JSONResponse({"size": len(members)})

    async def report(self, request: Request) -> Response:
        """The figures stated after `after`."""
        await self._caller(request, "report")
        campaign = self._known(request)
        figures = self._books.report(campaign, int(request.query_params.get("after", "0")))
        return JSONResponse({"serving": campaign.serving, "figures": figures})

    async def _caller(self, request: Request, operation: str) -> Account:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        account = self._world.by_token(token) if scheme.lower() == "bearer" else None
        if account is None or account.network != "ads":
            raise AdError(401, "the token is not valid")
        if request.path_params.get("account", account.id) != account.id:
            raise AdError(403, "this is another's account")
        await self._world.strike("before", operation, account)
        return account

    def _known(self, request: Request) -> Campaign:
        found = self._books.campaigns.get(f"{request.path_params['account']}:{request.path_params['ref']}")
        if found is None:
            raise AdError(404, "no such campaign")
        return found


def create_ads(world: World, books: AdBooks) -> FastAPI:
    """The network under its own path."""
    app, network = FastAPI(openapi_url=None), AdNetwork(world, books)
    one = "/v1/accounts/{account}/campaigns/{ref}"
    app.add_route("/v1/me", network.me, methods=["GET"])
    app.add_route(one, network.put, methods=["PUT"])
    app.add_route(f"{one}/audience", network.audience, methods=["PUT"])
    app.add_route(f"{one}/report", network.report, methods=["GET"])
    app.add_exception_handler(AdError, _refused)  # type: ignore[arg-type]
    app.add_exception_handler(Trouble, _troubled)  # type: ignore[arg-type]
    return app


def _wish(given: Mapping[str, Any]) -> dict[str, Any]:
    arms = given.get("arms") or []
    if sum(arm["share"] for arm in arms) != 100:
        raise AdError(422, "the arms' shares must come to 100")
    if given.get("budget", 0) <= 0:
        raise AdError(422, "a campaign needs a budget")
    return dict(given)


async def _refused(request: Request, error: AdError) -> Response:
    return JSONResponse({"error": error.text}, error.status)


async def _troubled(request: Request, error: Trouble) -> Response:
    if error.kind == "rate_limit":
        return JSONResponse({"error": "too many requests"}, 429, {"Retry-After": str(int(error.seconds))})
    if error.kind == "token_lost":
        return JSONResponse({"error": "the token was revoked"}, 401)
    if error.kind.startswith("server_error"):
        return JSONResponse({"error": "something went wrong on our end"}, 500)
    return Cut()
