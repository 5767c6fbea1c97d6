"""A bad line to a real network: what is asked arrives or not, and the answer gets lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HELD = 5.0


@dataclass(slots=True)
class Wire:
    """Passes requests on to the network, one a connection. `fault` befalls requests that begin with `about`, once.

    `lost`: the request never arrives. `unanswered`: it is carried out, and the line is cut. `stalled`: it is carried
    out, and no answer comes.
    """

    host: str
    port: int
    url: str = ""
    fault: str = ""
    about: str = ""
    befallen: list[str] = field(default_factory=list)

    def breaks(self, fault: str, about: str) -> None:
        """The next request such as `POST /wp-json/wp/v2/posts` meets the fault."""
        self.fault, self.about = fault, about

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head, body = await _request(reader)
            fault = self._fault_for(head)
            if fault != "lost":
                answer = await self._ask(head, body)
                if fault == "stalled":
                    await asyncio.sleep(HELD)
                elif not fault:
                    writer.write(answer)
                    await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _fault_for(self, head: bytes) -> str:
        if not self.fault or not head.startswith(self.about.encode()):
            return ""
        fault, self.fault = self.fault, ""
        self.befallen.append(head.split(b" HTTP")[0].decode())
        return fault

    async def _ask(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        first, _, others = head.partition(b"\r\n")
        writer.write(first + b"\r\nConnection: close\r\n" + others + body)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        return answer


async def _request(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join(kept), await reader.readexactly(int(headers.get(b"content-length", b"0")))


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    """A line to the network at `url`; its own address is `wire.url`."""
    there = urlsplit(url)
    wire = Wire(there.hostname or "", there.port or 80)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    async with server:
        wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield wire
