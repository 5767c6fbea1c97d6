"""The words of the stories about gates: every service at work on real engines, in this process, and two strangers."""

import asyncio
import importlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI
from nacl.signing import SigningKey
from structlog.testing import capture_logs

from parvis.services import USUAL_PORTS
from services.campaigns.api.shapes import PLAN_EXAMPLE
from services.console.app import furnish
from services.console.owners import Owners
from services.console.passwords import Passwords
from shared.auth import sign_command
from shared.events.ids import interaction_id
from shared.keys import create
from shared.rights import Right
from shared.service import Floor, open_floor
from tests.gates.calling import SECRETS, comment, signed

Json = dict[str, Any]
OPERATOR_KEY = "the operator's own key"
PASSWORD = "a long pass phrase"
Sent = bytes | AsyncIterator[bytes]
PATIENCE = 60.0
NOBODY = "127.0.0.1:1"


@dataclass(frozen=True)
class Estate:
    """All that one brand has, by the names that routes have for it."""

    mark: str
    things: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.things[name]


class Doors(httpx.AsyncBaseTransport):
    """Leads a call to the app of its port."""

    def __init__(self) -> None:
        self._ways: dict[int, httpx.ASGITransport] = {}

    def add(self, service: str, app: FastAPI) -> None:
        """One more door."""
        self._ways[USUAL_PORTS[service]] = httpx.ASGITransport(app, raise_app_exceptions=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """What that app answers."""
        return await self._ways[request.url.port or 0].handle_async_request(request)


@dataclass
class Street:
    """Seven services. `http` reaches each at its usual port."""

    apps: dict[str, FastAPI]
    http: httpx.AsyncClient
    key: SigningKey
    floors: dict[str, Floor]
    logs: list[Any]
    _rights: dict[Any, str] = field(default_factory=dict)

    def url(self, service: str) -> str:
        """Where a service is."""
        return f"http://127.0.0.1:{USUAL_PORTS[service]}"

    async def ask(self, service: str, request: httpx.Request, brand_id: str) -> httpx.Response:
        """A call with all the authority that it needs: the operator's key, or a token of the right it asks for."""
        route = (service, request.method, request.url.path.count("/"), request.url.path.rpartition("/")[2])
        answer = await self._as(service, request, brand_id, self._rights.get(route, "read"))
        lacks = re.search(r"this needs the right to (\w+)", answer.text) if answer.status_code == 403 else None
        if lacks is None:
            return answer
        self._rights[route] = lacks[1]
        return await self._as(service, request, brand_id, lacks[1])

    async def _as(self, service: str, request: httpx.Request, brand_id: str, right: Any) -> httpx.Response:
        by_key = request.url.path.startswith("/api/")
        given = {"Authorization": f"Bearer {OPERATOR_KEY}"} if by_key else self.token(service, brand_id, right)
        headers = httpx.Headers({"Idempotency-Key": str(uuid4())})
        headers.update(request.headers)
        headers["Authorization"] = given["Authorization"]
        return await self.http.request(request.method, request.url, content=request.content, headers=headers)

    def token(self, service: str, brand_id: str, right: Right, person: str = "ines") -> dict[str, str]:
        """The headers of a person's command."""
        signed = sign_command(self.key, audience=service, brand_id=brand_id, person=person, right=right)
        return {"Authorization": f"Bearer {signed}", "Idempotency-Key": str(uuid4())}

    async def api(self, method: str, path: str, body: Any = None, key: str = OPERATOR_KEY) -> httpx.Response:
        """A call of `/api/v1`."""
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4())}
        return await self.http.request(method, f"{self.url('console')}/api/v1{path}", json=body, headers=headers)

    async def tell(self, method: str, path: str, body: Any = None) -> Json:
        """As the operator; it must succeed."""
        answer = await self.api(method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:400]}"
        return dict(answer.json())

    async def webhook(self, body: Sent, network: str = "facebook", **headers: str) -> httpx.Response:
        """A network's call, signed unless `headers` say otherwise."""
        given = {"content-type": "application/json"} | (signed(network, body) if isinstance(body, bytes) else {})
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"{self.url('ingest')}/webhooks/{network}"
        return await self.http.post(address, content=body, headers=httpx.Headers(given | named, encoding="latin-1"))

    async def settle(self, brand: str, agency: str = "") -> Estate:
        """A brand with one of each thing that a route may name."""
        mark = uuid4().hex[:8]
        estate = Estate(mark, {"brand_id": f"{brand}-{mark}", "agency_id": agency or f"ag-{mark}"})
        for found in (_directory, _speech, _posts, _spending, _contacts):
            await found(self, estate)
        return estate


async def until(told: Callable[[], Awaitable[Any]]) -> Any:
    """What is answered once it is something."""
    for _ in range(int(PATIENCE / 0.05)):
        if answer := await told():
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError("it was waited for in vain")


async def _directory(street: Street, estate: Estate) -> None:
    brand, agency = estate["brand_id"], estate["agency_id"]
    await street.tell("PUT", f"/agencies/{agency}", {"name": f"Agency {estate.mark}"})
    about = {"agency_id": agency, "name": f"Brand {estate.mark}", "timezone": "Europe/Paris", "approval": "none"}
    await street.tell("PUT", f"/brands/{brand}", about)
    estate.things.update({"login": f"ines-{estate.mark}", "account": str(int(estate.mark, 16)), "network": "facebook"})
    person = {"name": "Inès", "agency_id": agency, "password": PASSWORD, "roles": {brand: "admin"}}
    await street.tell("PUT", f"/members/{estate['login']}", person)
    for network in ("facebook", "ads"):
        account = {"network": network, "account_id": estate["account"], "name": network, "base_url": f"http://{NOBODY}"}
        own = {"brand_id": brand, "token": f"tok-{estate.mark}"}
        await street.tell("PUT", f"/channels/{brand}-{network}", account | own)
    estate.things["channel_id"] = f"{brand}-facebook"

    async def known() -> bool:
        return all(floor.directory.channel(f"{brand}-ads") for floor in street.floors.values())

    await until(known)


async def _speech(street: Street, estate: Estate) -> None:
    """Somebody insults the brand, and a person must see it."""
    brand, page = estate["brand_id"], estate["account"]
    insult = f"You are complete idiots and bastards {estate.mark}"
    answer = await street.webhook(comment("facebook", page, 2, insult, f"Gaz {estate.mark}"))
    assert answer.status_code == 200, answer.text
    item = interaction_id("facebook", estate["channel_id"], f"{page}_2")

    async def open_case() -> Any:
        told = await street.api("GET", f"/brands/{brand}/interactions/{item}")
        return told.is_success and told.json().get("case") and told.json()

    shown = await until(open_case)
    estate.things.update(
        {"interaction_id": item, "case_id": shown["case"]["case_id"], "person_id": shown["author"]["id"]}
    )


async def _posts(street: Street, estate: Estate) -> None:
    brand = estate["brand_id"]
    renditions = [{"channel_id": estate["channel_id"], "network": "facebook", "text": f"Hello from {estate.mark}"}]
    body = {"post_id": str(uuid4()), "title": f"Post {estate.mark}", "renditions": renditions}
    post = await street.tell("POST", f"/brands/{brand}/posts", body)
    estate.things.update({"post_id": post["post_id"]})


async def _spending(street: Street, estate: Estate) -> None:
    first, last = ((datetime.now(UTC) + timedelta(days=later)).date().isoformat() for later in (1, 9))
    plan = PLAN_EXAMPLE | {"first_day": first, "last_day": last, "channel_id": f"{estate['brand_id']}-ads"}
    made = await street.tell("POST", f"/brands/{estate['brand_id']}/campaigns", plan)
    estate.things.update({"campaign_id": made["campaign_id"]})


async def _contacts(street: Street, estate: Estate) -> None:
    brand = estate["brand_id"]
    hook = {"url": f"https://crm.example/{estate.mark}", "events": ["CaseEscalated"]}
    endpoint = await street.tell("POST", f"/brands/{brand}/endpoints", hook)
    key = await street.apps["console"].state.console.keys.make(brand, "their CRM", "ines", datetime.now(UTC))
    estate.things.update(endpoint_id=endpoint["endpoint_id"], external_id=f"C-{estate.mark}", key=key)
    contact = {"name": f"Hélène {estate.mark}", "authors": [estate["person_id"]]}
    await street.tell("PUT", f"/brands/{brand}/contacts/{estate['external_id']}", contact)


@asynccontextmanager
async def open_street(kafka: str, mongo: str, folder: Path) -> AsyncIterator[Street]:
    """Opened in the order in which they depend on each other's facts, which is none."""
    create(folder)
    mark = uuid4().hex[:10]
    common = {"kafka": kafka, "mongo": mongo, "keys_dir": folder, "egress_allow": (NOBODY,)}
    common |= {"database_prefix": f"t{mark}_", "group_prefix": f"t{mark}-", "calls_burst": 100_000}
    own: dict[str, Json] = {
        "ingest": {f"{network}_app_secret": secret for network, secret in SECRETS.items()},
        "console": {"operator_key": OPERATOR_KEY, "port": USUAL_PORTS["console"]},
    }
    apps: dict[str, FastAPI] = {}
    floors: dict[str, Floor] = {}
    async with AsyncExitStack() as stack:
        logs = stack.enter_context(capture_logs())
        http = await stack.enter_async_context(httpx.AsyncClient(transport=(doors := Doors()), timeout=60))
        for name in USUAL_PORTS:
            service = importlib.import_module(f"services.{name}.app")
            settings = service.Settings(**common, **own.get(name, {}))
            if name == "console":
                floor = await stack.enter_async_context(open_floor(settings, "console"))
                owners = Owners(http, settings.services, floor.keys.commands_private, floor.clock)
                made = furnish(settings, floor, owners)
                object.__setattr__(made, "passwords", Passwords(PasswordHasher(time_cost=1, memory_cost=64)))
                await floor.database.ensure_indexes()
            else:
                made = await stack.enter_async_context(service.open_resources(settings))
            apps[name], floors[name] = service.create_app(made), made.floor
            doors.add(name, apps[name])
        for app in apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        key = floors["console"].keys.commands_private
        assert key is not None
        yield Street(apps, http, key, floors, logs)
        for floor in floors.values():
            await floor.database.drop()
