"""The Mastodon surface: statuses, their contexts, notifications; no webhooks, and no hiding of what others say."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from parvis.simulator import mastodon_shapes as shapes
from parvis.simulator.cutting import Cut
from parvis.simulator.faults import Trouble
from parvis.simulator.mastodon_limits import Limits, RateLimit
from parvis.simulator.mastodon_media import media_of, show_media, store_media
from parvis.simulator.mastodon_shapes import MastodonError
from parvis.simulator.records import Account, Person, Said
from parvis.simulator.world import World, living
from shared.networks.mastodon.codes import countable_length

KEY_LIVES = 3600.0


class Numbered(Protocol):
    id: str


N = TypeVar("N", bound=Numbered)


class Call:
    """One request by an account's token."""

    def __init__(self, request: Request) -> None:
        self.world: World = request.app.state.world
        self.request = request
        self.origin = f"{request.url.scheme}://{request.url.netloc}"
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        account = self.world.by_token(token) if scheme.lower() == "bearer" else None
        if account is None or account.network != "mastodon":
            raise MastodonError(401, "The access token is invalid")
        self.account: Account = account

    def status(self, said_id: str) -> Said:
        said = self.world.thing(said_id)
        if said is None or said.network != "mastodon":
            raise shapes.not_found()
        return said

    def shape(self, said: Said) -> dict[str, Any]:
        return shapes.status(said, self.world, self.origin)

    async def strike(self, phase: str, operation: str) -> None:
        await self.world.strike(phase, operation, self.account)

    async def params(self) -> dict[str, Any]:
        if "json" in self.request.headers.get("content-type", ""):
            loaded = orjson.loads(await self.request.body() or b"{}")
            return loaded if isinstance(loaded, dict) else {}
        return dict(await self.request.form())


async def verify_credentials(call: Call) -> Response:
    await call.strike("before", "read")
    return JSONResponse(shapes.credentials(call.account, call.origin))


async def create_status(call: Call) -> Response:
    params = await call.params()
    text, parent_id = str(params.get("status") or "").strip(), str(params.get("in_reply_to_id") or "")
    operation = "reply" if parent_id else "post"
    await call.strike("before", operation)
    key = call.request.headers.get("idempotency-key", "")
    known = _by_key(call, key)
    if known is not None:
        return JSONResponse(call.shape(known))
    media = media_of(call.world, params, call.origin)
    if not text and not media:
        raise MastodonError(422, "Validation failed: Text can't be blank")
    most = call.request.app.state.limits.max_characters
    if countable_length(text) > most:
        raise MastodonError(422, f"Validation failed: Text character limit of {most} exceeded")
    visibility = str(params.get("visibility") or "public")
    if visibility not in ("public", "unlisted", "private", "direct"):
        raise MastodonError(422, "Validation failed: Visibility is not included in the list")
    more = {"key": key, "via": "api", "visibility": visibility, "media": media}
    more["language"] = str(params.get("language") or "")
    author = Person(call.account.id, call.account.name, call.account.handle)
    if parent_id:
        said = call.world.answer(call.status(parent_id), text, author, **more)
    else:
        said = call.world.post(call.account, text, author, **more)
    await call.strike("after", operation)
    return JSONResponse(call.shape(said))


def _by_key(call: Call, key: str) -> Said | None:
    """The status that this key made within the hour; some servers ignore the header, and so does a fault."""
    if not key or call.world.faults.pick("flag", "post", call.account.id):
        return None
    since = call.world.clock() - KEY_LIVES
    own = call.world.by_author(call.account.id)
    return next((one for one in own if one.key == key and one.created_at >= since), None)


async def get_status(call: Call) -> Response:
    said = call.status(call.request.path_params["id"])
    await call.strike("before", "read")
    return JSONResponse(call.shape(said))


async def get_context(call: Call) -> Response:
    said = call.status(call.request.path_params["id"])
    await call.strike("before", "list")
    ancestors: list[Said] = []
    parent = call.world.thing(said.parent_id)
    while parent is not None:
        ancestors.insert(0, parent)
        parent = call.world.thing(parent.parent_id)
    below = living(call.world.below(said))
    return JSONResponse({
        "ancestors": [call.shape(one) for one in ancestors],
        "descendants": [call.shape(one) for one in below],
    })  # fmt: skip


async def delete_status(call: Call) -> Response:
    said = call.status(call.request.path_params["id"])
    if said.author_id != call.account.id:
        raise MastodonError(403, "This action is not allowed")
    await call.strike("before", "delete")
    call.world.delete(said, "api")
    await call.strike("after", "delete")
    return JSONResponse(call.shape(said) | {"text": said.text})


async def upload_media(call: Call) -> Response:
    await call.strike("before", "media")
    return JSONResponse(await store_media(call.world, call.request, call.origin))


async def get_media(call: Call) -> Response:
    return JSONResponse(show_media(call.world, call.request.path_params["id"], call.origin))


async def account_statuses(call: Call) -> Response:
    await call.strike("before", "list")
    own = call.world.by_author(call.request.path_params["id"])
    if call.request.query_params.get("exclude_replies") in ("true", "1"):
        own = [one for one in own if not one.parent_id]
    return _paged(call, own, [call.shape(one) for one in _page(call, own)])


async def notifications(call: Call) -> Response:
    await call.strike("before", "list")
    told = list(reversed(call.world.notifications.get(call.account.id, [])))
    wanted = call.request.query_params.getlist("types[]")
    told = [one for one in told if not wanted or one.type in wanted]
    return _paged(call, told, [shapes.notification(one, call.world, call.origin) for one in _page(call, told)])


def _page(call: Call, things: Sequence[N]) -> Sequence[N]:
    """`things` newest first. `min_id` gives the page just above it, `since_id` the newest above it."""
    params = call.request.query_params
    try:
        limit = min(max(int(params.get("limit", 20)), 1), 40)
        low, high, floor = (int(params.get(name) or 0) for name in ("since_id", "max_id", "min_id"))
    except ValueError:
        raise shapes.not_found() from None
    found = [one for one in things if int(one.id) > max(low, floor) and (not high or int(one.id) < high)]
    return found[-limit:] if floor or "min_id" in params else found[:limit]


def _paged(call: Call, things: Sequence[N], shaped: list[dict[str, Any]]) -> Response:
    page = _page(call, things)
    links = []
    if page:
        base = str(call.request.url.replace(query=""))
        limit = call.request.query_params.get("limit", "20")
        links = [f'<{base}?limit={limit}&max_id={page[-1].id}>; rel="next"',
                 f'<{base}?limit={limit}&min_id={page[0].id}>; rel="prev"']  # fmt: skip
    return JSONResponse(shaped, headers={"Link": ", ".join(links)} if links else None)


ROUTES = (
    ("GET", "/api/v1/accounts/verify_credentials", verify_credentials),
    ("GET", "/api/v1/accounts/{id}/statuses", account_statuses),
    ("POST", "/api/v1/statuses", create_status),
    ("GET", "/api/v1/statuses/{id}", get_status),
    ("DELETE", "/api/v1/statuses/{id}", delete_status),
    ("GET", "/api/v1/statuses/{id}/context", get_context),
    ("GET", "/api/v1/notifications", notifications),
    ("POST", "/api/v2/media", upload_media),
    ("GET", "/api/v1/media/{id}", get_media),
)


def create_mastodon(world: World, limits: Limits) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.state.world, app.state.limits = world, limits
    for method, path, work in ROUTES:

        async def endpoint(request: Request, work: Any = work) -> Response:
            answer: Response = await work(Call(request))
            return answer

        app.add_route(path, endpoint, methods=[method])

    async def instance(request: Request) -> Response:
        origin = f"{request.url.scheme}://{request.url.netloc}"
        return JSONResponse(shapes.instance(origin, limits.max_characters))

    app.add_route("/api/v2/instance", instance, methods=["GET"])
    app.add_exception_handler(MastodonError, _refused)  # type: ignore[arg-type]
    app.add_exception_handler(Trouble, _troubled)  # type: ignore[arg-type]
    app.add_middleware(RateLimit, limits=limits, clock=world.clock)
    return app


async def _refused(request: Request, error: MastodonError) -> Response:
    return JSONResponse({"error": error.text}, error.status)


async def _troubled(request: Request, error: Trouble) -> Response:
    if error.kind == "rate_limit":
        reset = shapes.time(request.app.state.world.clock() + error.seconds)
        return JSONResponse({"error": "Too many requests"}, 429, {"X-RateLimit-Reset": reset})
    if error.kind == "token_lost":
        return await _refused(request, MastodonError(401, "The access token was revoked"))
    if error.kind.startswith("server_error"):
        return JSONResponse({"error": "Something went wrong on our end"}, 500)
    return Cut()
