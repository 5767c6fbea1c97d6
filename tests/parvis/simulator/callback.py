"""Where webhooks arrive in tests: keeps what came, and answers as the test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

T = TypeVar("T")
SECRET, VERIFY = "app secret", "let me in"


@dataclass(slots=True)
class Callback:
    """`statuses` are answered first, one a call, then 200 for ever; 0 cuts the connection."""

    url: str
    statuses: list[int] = field(default_factory=list)
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.calls]

    def changes(self) -> list[tuple[str, dict[str, Any]]]:
        """(page, value) of every change that came, repeated ones too."""
        entries = [entry for body in self.bodies for entry in body["entry"]]
        return [(entry["id"], change["value"]) for entry in entries for change in entry["changes"]]

    async def until(self, holds: Callable[[], Any], within: float = 30) -> None:
        """Returns when `holds` is true after some call."""
        async with asyncio.timeout(within):
            while not holds():
                self.changed.clear()
                await self.changed.wait()


async def eventually(look: Callable[[], Awaitable[T]], within: float = 30) -> T:
    """The first truthy answer of `look`; `TimeoutError` when there is none in time."""
    async with asyncio.timeout(within):
        while True:
            if seen := await look():
                return seen
            await asyncio.sleep(0.02)


@asynccontextmanager
async def callback() -> AsyncIterator[Callback]:
    """A receiver that knows the verify token."""
    open_writers: set[asyncio.StreamWriter] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_writers.add(writer)
        try:
            while await answer_one(reader, writer, told):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            open_writers.discard(writer)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    told = Callback(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhook")
    try:
        yield told
    finally:
        server.close()
        for writer in tuple(open_writers):
            writer.close()


async def answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, told: Callback) -> bool:
    """One request; False when the connection was cut."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    method, target, _ = first.split(" ")
    if method == "GET":
        asked = parse_qs(urlsplit(target).query)
        known = asked["hub.verify_token"] == [VERIFY]
        return await write(writer, 200 if known else 403, asked["hub.challenge"][0])
    status = told.statuses.pop(0) if told.statuses else 200
    if status:
        told.calls.append((headers, body))
    told.changed.set()
    return await write(writer, status, "ok") if status else False


async def write(writer: asyncio.StreamWriter, status: int, text: str) -> bool:
    writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
    await writer.drain()
    return True
