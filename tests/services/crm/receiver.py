"""A real little HTTP server that receives webhooks, and answers as a story plans."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass
class Call:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The webhook's id."""
        return self.headers["webhook-id"]

    @property
    def data(self) -> Any:
        """What the fact says."""
        return orjson.loads(self.body)["data"]


@dataclass
class Receiver:
    """`plans` holds for each path the answers to come, then 204: a status, (status, header line), "reset", "hang".

    What hangs does so until it is let go.
    """

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    plans: dict[str, list[Any]] = field(default_factory=dict)
    usual: dict[str, Any] = field(default_factory=dict)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str = "/hook") -> str:
        """Where a path of it is."""
        return f"http://127.0.0.1:{self.port}{path}"

    def ids(self, path: str = "/hook") -> list[str]:
        """The ids that came to a path, in order."""
        return [call.id for call in self.calls if call.path == path]

    async def until(self, count: int, path: str = "/hook", within: float = 60) -> list[str]:
        """Wait for so many calls; their ids."""
        async with asyncio.timeout(within):
            while len(self.ids(path)) < count:  # noqa: ASYNC110 - they come from another process
                await asyncio.sleep(0.02)
        return self.ids(path)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        path = first.split(" ")[1]
        self.calls.append(Call(path, headers, await reader.readexactly(int(headers["content-length"]))))
        plan = self.plans.get(path)
        planned = plan.pop(0) if plan else self.usual.get(path, 204)
        if planned == "hang":
            await self.let_go.wait()
        elif planned == "reset":
            writer.transport.abort()
        else:
            status, extra = planned if isinstance(planned, tuple) else (planned, "x-a: b")
            writer.write(f"HTTP/1.1 {status} Said\r\n{extra}\r\ncontent-length: 0\r\n\r\n".encode())
            await writer.drain()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Listening until the story ends."""
    receiver, tasks = Receiver(), set[Any]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(task := asyncio.current_task())
        try:
            await receiver.answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
