"""Where a request comes from: the other end of the connection, or what a trusted proxy says of it."""

from ipaddress import ip_network
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI, Request

from shared.process import Server
from shared.settings import FloorSettings

PERSON, LIAR = "198.51.100.4", "203.0.113.9"


async def seen_from(peer: str, forwarded: str, *trusted: str) -> str:
    """The address that a route sees of a request of this peer."""
    app = FastAPI()
    app.state.running = SimpleNamespace()

    @app.get("/")
    async def address(request: Request) -> str:
        return request.client.host if request.client else ""

    server = Server(app, FloorSettings(kafka="unused", mongo="unused", trusted_proxies=tuple(map(ip_network, trusted))))
    server.config.load()
    transport = httpx.ASGITransport(app=server.config.loaded_app, client=(peer, 4321))
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
        return str((await client.get("/", headers={"X-Forwarded-For": forwarded})).json())


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.244.3.7", PERSON, PERSON),
        ("192.0.2.7", PERSON, PERSON),
        ("10.244.3.7", f"{LIAR}, {PERSON}", PERSON),
        ("10.244.3.7", f"{PERSON}, 10.1.1.1", PERSON),
        (LIAR, PERSON, LIAR),
        ("127.0.0.1", PERSON, "127.0.0.1"),
    ],
)
async def test_only_a_trusted_proxy_is_believed(peer: str, forwarded: str, address: str) -> None:
    """A network or an address that settings name; what somebody wrote before the last stranger is not believed."""
    assert await seen_from(peer, forwarded, "10.0.0.0/8", "192.0.2.7") == address


async def test_nobody_is_believed_where_none_is_named() -> None:
    """Not even this machine, and whatever uvicorn's own variable says."""
    assert await seen_from("127.0.0.1", PERSON) == "127.0.0.1"
