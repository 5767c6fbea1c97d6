"""After a call that ended badly we know which of two things is true: nothing left, or nobody can tell."""

import asyncio
import gzip
import socket
import struct
import time
import zlib
from collections.abc import Sequence
from typing import Any

import pytest

from shared.egress import Egress, NotSent, OutcomeUnknown
from tests.shared.little_server import LittleServer, little_server, ok


async def _post(server: LittleServer, **options: Any) -> None:
    async with Egress.open(server.allowed) as egress:
        await egress.request("POST", server.url, json={"text": "hello"}, **options)


def _slam(writer: asyncio.StreamWriter) -> None:
    """Close with a reset instead of a goodbye."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def test_nobody_listens() -> None:
    """A refused connection proves that nothing left."""
    async with little_server(ok()) as server:
        pass
    with pytest.raises(NotSent):
        await _post(server)


async def test_no_such_name() -> None:
    """A name that is not known proves it too."""

    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    async with little_server(ok()) as server, Egress.open(server.allowed, resolve=unknown) as egress:
        with pytest.raises(NotSent):
            await egress.request("POST", "http://nowhere.test/", content=b"x")


async def test_a_resolver_that_hangs() -> None:
    """Time that runs out while looking up a name is time before the first byte."""

    async def hangs(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    async with little_server(ok()) as server, Egress.open(server.allowed, resolve=hangs) as egress:
        with pytest.raises(NotSent):
            await egress.request("POST", "http://slow.test/", content=b"x", timeout=0.2)


async def test_tls_that_never_answers() -> None:
    """A handshake that does not finish carried no request."""
    async with little_server(ok()) as server, Egress.open(server.allowed) as egress:
        with pytest.raises(NotSent):
            await egress.request("POST", server.url.replace("http:", "https:"), content=b"x", timeout=0.3)
        assert server.heads == []


async def test_silence_after_the_request() -> None:
    """A network that takes the request and says nothing may have carried it out."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        await asyncio.sleep(60)

    async with little_server(silent) as server:
        with pytest.raises(OutcomeUnknown):
            await _post(server, timeout=3)
        assert len(server.heads) == 1


async def test_reset_after_the_head() -> None:
    """A reset after the first bytes leaves it open, and nothing is sent a second time."""

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        _slam(writer)

    async with little_server(reset) as server:
        with pytest.raises(OutcomeUnknown):
            await _post(server)
        assert len(server.heads) == 1


async def test_cut_in_the_middle_of_the_answer() -> None:
    """An answer that breaks off is no answer, even when its status was good."""

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        writer.write(b"HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    async with little_server(cut) as server:
        with pytest.raises(OutcomeUnknown):
            await _post(server)


async def test_not_http_at_all() -> None:
    """Nor is what is not HTTP."""

    async def noise(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        writer.write(b"\x00\x01\x02 what is this\r\n\r\n")
        await writer.drain()
        writer.close()

    async with little_server(noise) as server:
        with pytest.raises(OutcomeUnknown):
            await _post(server)


async def test_slow_loris_meets_the_whole_deadline() -> None:
    """One byte now and then does not keep a call alive: the timeout is for all of it."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with little_server(drip) as server:
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            await _post(server, timeout=3)
        assert time.monotonic() - began < 30  # the whole answer would take 50 s


async def test_a_stale_connection_is_never_used_for_a_post() -> None:
    """Each post has its own connection; a read that meets a stale one says that it does not know."""
    calls = 0

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls % 2 == 0 and head.startswith(b"GET"):
            _slam(writer)
        else:
            await ok()(reader, writer, head)

    async with little_server(once) as server, Egress.open(server.allowed) as egress:
        await egress.request("GET", server.url)
        with pytest.raises(OutcomeUnknown):
            await egress.request("GET", server.url)
        assert (server.connections, len(server.heads)) == (1, 2)
        await egress.request("POST", server.url)
        await egress.request("POST", server.url)
        assert (server.connections, len(server.heads)) == (3, 4)


async def test_a_body_over_the_cap() -> None:
    """Too long an answer is cut off, declared or in chunks."""

    async def chunks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
            await writer.drain()

    async with little_server(ok(b"x" * 5000)) as declared, little_server(chunks) as endless:
        for server in (declared, endless):
            with pytest.raises(OutcomeUnknown, match="over 4096 bytes"):
                await _post(server, max_bytes=4096)


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
async def test_a_bomb_does_not_unfold(packing: str) -> None:
    """Twenty kilobytes that unpack to twenty megabytes stop at the cap; honest packing is unpacked."""
    pack = gzip.compress if packing == "gzip" else zlib.compress
    bomb = ok(pack(b"\0" * 20_000_000), f"content-encoding: {packing}")
    honest = ok(pack(b"bonjour"), f"content-encoding: {packing}")
    async with little_server(bomb) as server:
        with pytest.raises(OutcomeUnknown, match="over 1000000 bytes"):
            await _post(server, max_bytes=1_000_000)
    half = ok(pack(b"bonjour")[:12], f"content-encoding: {packing}")
    async with little_server(half) as server:
        with pytest.raises(OutcomeUnknown, match="breaks off"):
            await _post(server)
    async with little_server(honest) as server, Egress.open(server.allowed) as egress:
        assert (await egress.request("GET", server.url)).text == "bonjour"


async def test_what_follows_a_packed_answer_counts_too() -> None:
    """Packed bytes that unpack to nothing are kept by the library: they end at the cap as all others do."""

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n" + gzip.compress(b"bonjour"))
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with little_server(endless) as server:
        with pytest.raises(OutcomeUnknown, match="over 1000000 bytes"):
            await _post(server, max_bytes=1_000_000)


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip"])
async def test_packing_that_was_not_asked_for(packing: str) -> None:
    """What we cannot unpack safely is not read."""
    async with little_server(ok(b"?", f"content-encoding: {packing}")) as server:
        with pytest.raises(OutcomeUnknown, match=packing):
            await _post(server)


async def test_statuses_are_answers() -> None:
    """A 503 is an answer like a 200: what it means is the caller's to say."""

    async def away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        writer.write(b"HTTP/1.1 503 Away\r\nRetry-After: 7\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()

    async with little_server(away) as server, Egress.open(server.allowed) as egress:
        answer = await egress.request("POST", server.url, json={})
        assert (answer.status, answer.headers["retry-after"], answer.json()) == (503, "7", {})


async def test_a_channels_own_budget() -> None:
    """Beyond its burst a channel's call is not sent, and says when to come back; another channel goes on."""
    async with little_server(ok()) as server, Egress.open(server.allowed) as egress:
        egress.budget("slow", per_second=0.1, burst=2)
        for _ in range(2):
            await egress.request("GET", server.url, channel_id="slow")
        egress.budget("slow", per_second=0.1, burst=2)
        with pytest.raises(NotSent) as refused:
            await egress.request("GET", server.url, channel_id="slow")
        assert 0 < refused.value.after <= 10
        await egress.request("GET", server.url, channel_id="other")
        assert len(server.heads) == 3
        egress._budgets["slow"][2]._at -= refused.value.after  # as if it had come back then
        await egress.request("GET", server.url, channel_id="slow")
