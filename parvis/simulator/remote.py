"""Speaking to a simulator that runs elsewhere: its control API as methods. Answers are its JSON."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self, cast

import httpx

PAGE = 10_000
PATHS = {"facebook": "facebook/v25.0", "instagram": "instagram/v25.0", "ads": "ads/v1"}

Row = dict[str, Any]


class Simulator:
    """Raises `httpx.HTTPStatusError` where the simulator refuses."""

    def __init__(self, http: httpx.AsyncClient, url: str, process: asyncio.subprocess.Process | None) -> None:
        self._http = http
        self.url = url
        self.process = process

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, process: asyncio.subprocess.Process | None = None) -> AsyncIterator[Self]:
        # Uvicorn closes a connection that was idle for 5 s: one that is reused just then would break.
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False, limits=limits) as http:
            yield cls(http, url, process)

    def base_url(self, network: str) -> str:
        """A channel's base URL on that network."""
        return f"{self.url}/{PATHS.get(network, network)}"

    @property
    def address(self) -> str:
        """`host:port`, as the egress allow-list wants it."""
        return self.url.partition("://")[2]

    async def ready(self) -> None:
        """Returns when it answers."""
        while True:
            try:
                await self._call("GET", "/health")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return

    async def account(self, network: str, name: str, **more: Any) -> Row:
        """Make an account; `more` as in `NewAccount`."""
        return await self._call("POST", "/accounts", {"network": network, "name": name, **more})

    async def demo(self, secret: str, verify_token: str, callback_urls: Mapping[str, str] | None = None) -> list[Row]:
        """Open the demo brands' accounts."""
        body = {"secret": secret, "verify_token": verify_token, "callback_urls": dict(callback_urls or {})}
        return await self._list("POST", "/demo", body)

    async def app(
        self, app_id: str, secret: str, verify_token: str, callback_url: str = "", verify: bool = True, **more: Any
    ) -> Row:
        body = {"id": app_id, "secret": secret, "verify_token": verify_token, "callback_url": callback_url}
        return await self._call("PUT", f"/facebook/apps/{app_id}", body | {"verify": verify} | more)

    async def post(self, account: Row, text: str, author: str = "brand", **more: Any) -> Row:
        return await self._say(account, "posts", text, author, more)

    async def comment(self, account: Row, text: str, author: str = "Camille Leroy", **more: Any) -> Row:
        return await self._say(account, "comments", text, author, more)

    async def edit(self, said_id: str, text: str) -> Row:
        return await self._call("PATCH", f"/things/{said_id}", {"text": text})

    async def delete(self, said_id: str) -> Row:
        return await self._call("DELETE", f"/things/{said_id}")

    async def hide(self, said_id: str, hidden: bool = True) -> Row:
        return await self._call("POST", f"/things/{said_id}/{'hide' if hidden else 'unhide'}")

    async def thing(self, said_id: str) -> Row:
        return await self._call("GET", f"/things/{said_id}")

    async def things(self, account: Row, deleted: bool = False) -> list[Row]:
        return await self._list("GET", f"/accounts/{account['id']}/things?deleted={str(deleted).lower()}")

    async def token(self, account: Row, lost: bool = False) -> Row:
        """A new token, or with `lost` the end of the present one."""
        return await self._call("POST", f"/accounts/{account['id']}/token?lost={str(lost).lower()}")

    async def fault(self, kind: str, account: str = "*", **more: Any) -> Row:
        """Switch a fault on; `more` as in `NewFault`."""
        return await self._call("POST", "/faults", {"kind": kind, "account": account, **more})

    async def faults(self) -> Row:
        """Those switched on, and which kinds there are."""
        return await self._call("GET", "/faults")

    async def behave(self) -> None:
        """Switch all faults off."""
        await self._call("DELETE", "/faults")

    async def crowd(self, rate: float, **more: Any) -> Row:
        return await self._call("PUT", "/crowd", {"rate": rate, **more})

    async def crowd_state(self) -> Row:
        """How much the crowd has said, by mood."""
        return await self._call("GET", "/crowd")

    async def load(self, pages: Sequence[str], count: int, **more: Any) -> Row:
        """Start a prepared load; `more` as in `LoadAsked`."""
        return await self._call("POST", "/loads", {"pages": list(pages), "count": count, **more})

    async def load_state(self, load_id: str) -> Row:
        return await self._call("GET", f"/loads/{load_id}")

    async def pace(self, **seconds: float) -> Row:
        return await self._call("PATCH", "/pace", seconds)

    async def limits(self, **numbers: int) -> Row:
        return await self._call("PATCH", "/limits", numbers)

    async def ad_pace(self, **numbers: float) -> Row:
        """How fast money is spent (`cents_per_second`), how often figures are told (`report_seconds`)."""
        return await self._call("PATCH", "/ads/pace", numbers)

    async def ad(self, account: Row, ref: str) -> Row:
        """What a campaign really spent, whether it is on, and how much was told."""
        return await self._call("GET", f"/ads/{account['id']}/{ref}")

    async def ledger(self, event: str = "", account: str = "", after: int = 0) -> list[Row]:
        """Every line after `after`, of this event and account where named."""
        lines: list[Row] = []
        while True:
            query = {"event": event, "account": account, "after": lines[-1]["seq"] if lines else after, "limit": PAGE}
            part = await self._list("GET", f"/ledger?{httpx.QueryParams(query)}")
            lines += part
            if len(part) < PAGE:
                return lines

    async def unanswered(self) -> int:
        """How many webhooks wait for a 2xx."""
        return int((await self._call("GET", "/health"))["webhooks_unanswered"])

    async def _say(self, account: Row, what: str, text: str, author: str, more: Row) -> Row:
        body = {"text": text, "author": author, **more}
        return await self._call("POST", f"/{account['network']}/{account['id']}/{what}", body)

    async def _call(self, method: str, path: str, body: Any = None) -> Row:
        try:
            answer = await self._http.request(method, f"/_sim{path}", json=body)
        except httpx.TransportError:
            if method != "GET":
                raise
            answer = await self._http.request(method, f"/_sim{path}", json=body)  # looking twice changes nothing
        answer.raise_for_status()
        return cast(Row, answer.json() if answer.content else {})

    async def _list(self, method: str, path: str, body: Any = None) -> list[Row]:
        return cast(list[Row], await self._call(method, path, body))
