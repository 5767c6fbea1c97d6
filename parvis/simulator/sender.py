"""Posting webhooks fast: a few kept-alive connections an origin, no client library in the way of the measurement."""

import asyncio
import contextlib
import ssl
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Sender:
    """`post` answers with the status; raises `OSError` or `TimeoutError` where there is none."""

    def __init__(self, timeout: float = 20.0) -> None:
        self.timeout = timeout
        self._idle: dict[tuple[str, int], list[Connection]] = defaultdict(list)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        target = urlsplit(url)
        lines = [f"POST {_path(target)} HTTP/1.1", f"Host: {target.netloc}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        request = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        status, _ = await asyncio.wait_for(self._exchange(target, request), self.timeout)
        return status

    async def get(self, url: str) -> tuple[int, bytes]:
        target = urlsplit(url)
        request = f"GET {_path(target)} HTTP/1.1\r\nHost: {target.netloc}\r\n\r\n".encode()
        return await asyncio.wait_for(self._exchange(target, request), self.timeout)

    async def close(self) -> None:
        for connections in self._idle.values():
            for _, writer in connections:
                await _shut(writer)
        self._idle.clear()

    async def _exchange(self, target: SplitResult, request: bytes) -> tuple[int, bytes]:
        origin = (target.hostname or "", target.port or (443 if target.scheme == "https" else 80))
        while self._idle[origin]:
            connection = self._idle[origin].pop()
            # a connection kept alive may have been closed meanwhile: then the request goes over a fresh one
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                return await self._over(origin, connection, request)
        secure = ssl.create_default_context() if target.scheme == "https" else None
        connection = await asyncio.open_connection(*origin, ssl=secure)
        try:
            return await self._over(origin, connection, request)
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("closed before the answer was complete") from error

    async def _over(self, origin: tuple[str, int], connection: Connection, request: bytes) -> tuple[int, bytes]:
        reader, writer = connection
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            status, length = _head(head)
            body = await reader.readexactly(length) if length is not None else b""
        except BaseException:
            writer.transport.abort()
            raise
        if length is None or b"connection: close" in head.lower():
            await _shut(writer)
        else:
            self._idle[origin].append(connection)
        return status, body


def _path(target: SplitResult) -> str:
    return (target.path or "/") + (f"?{target.query}" if target.query else "")


def _head(head: bytes) -> tuple[int, int | None]:
    """The status, and the body's length where it is told."""
    first, *lines = head.decode("latin-1").split("\r\n")
    status = int(first.split(" ", 2)[1])
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return status, int(value)
    return status, 0 if status in (204, 304) else None


async def _shut(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
