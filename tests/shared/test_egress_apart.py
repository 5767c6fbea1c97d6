"""Whoever is silent, a nameserver or a network, is waited for by nobody else."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from shared.egress import Egress
from shared.egress_names import Lookups
from tests.shared.little_server import little_server, ok

ADDRESS = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]


class Nameservers:
    """Answer for every name but those that begin with `silent`, until they are `heard`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.heard = threading.Event()

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        if host.startswith("silent"):
            self.heard.wait(30)
        if host.endswith("unknown"):
            raise socket.gaierror(-2, "Name or service not known")
        return ADDRESS * 2


async def test_silent_names_keep_no_other_waiting() -> None:
    """Forty lookups hang; one more name is answered, and the forty are when their nameservers are heard."""
    nameservers = Nameservers()
    lookups = Lookups(nameservers)
    silent = [asyncio.ensure_future(lookups(f"silent-{number}", 443)) for number in range(40)]
    assert await lookups("there", 443) == ["93.184.216.34"]
    assert not any(one.done() for one in silent)
    nameservers.heard.set()
    assert await asyncio.gather(*silent) == [["93.184.216.34"]] * 40


async def test_one_name_is_one_lookup() -> None:
    """Who asks meanwhile waits for the same answer, also when another gave up; afterwards it is asked anew."""
    nameservers = Nameservers()
    lookups = Lookups(nameservers)
    first, second = (asyncio.ensure_future(lookups("silent", 443)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    nameservers.heard.set()
    assert await second == ["93.184.216.34"]
    assert nameservers.asked == ["silent"]
    assert await lookups("silent", 443) == ["93.184.216.34"]
    assert nameservers.asked == ["silent"] * 2


async def test_a_name_that_nobody_knows() -> None:
    """It is said to all who asked, and the next who asks may hear otherwise."""
    nameservers = Nameservers()
    lookups = Lookups(nameservers)
    for _ in range(2):
        with pytest.raises(socket.gaierror):
            await lookups("unknown", 443)
    assert nameservers.asked == ["unknown"] * 2


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111"])
async def test_an_address_is_no_name(address: str) -> None:
    """Nobody is asked about what is an address already."""
    nameservers = Nameservers()
    assert await Lookups(nameservers)(address, 443) == [address]
    assert nameservers.asked == []


async def test_the_system_is_asked() -> None:
    """Its own name for this machine, by whatever it knows names from."""
    assert {"127.0.0.1", "::1"} & set(await Lookups()("localhost", 80))


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_many_that_are_slow_keep_no_other_waiting(method: str) -> None:
    """However many networks are silent, one more is called: who calls says how many may be under way."""
    all_there, many = asyncio.Event(), 64

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        if len(server.heads) == many:
            all_there.set()
        await all_there.wait()
        await ok()(reader, writer, head)

    async with little_server(silent) as server, Egress.open(server.allowed) as egress:
        answers = await asyncio.gather(*(egress.request(method, server.url) for _ in range(many)))
    assert {one.status for one in answers} == {200}
