"""No call of ours reaches what is not public, whatever a name, a redirect or a second look-up says."""

import ipaddress
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.egress import Egress, EgressRefused, NotSent
from shared.egress_guard import public
from shared.settings import FloorSettings
from tests.shared.little_server import certificate_for, little_server, ok, redirect

NOTHING_ALLOWED = FloorSettings(kafka="unused", mongo="unused")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "192.0.0.170",
        "192.0.2.1",
        "198.18.0.1",
        "192.88.99.1",
        "168.63.129.16",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:4136:e378::1",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
    ],
)
def test_what_is_not_public(address: str) -> None:
    """Private, shared, link-local, metadata, embedded and reserved addresses are nobody's on the internet."""
    assert not public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111"])
def test_what_is_public(address: str) -> None:
    """Ordinary addresses are."""
    assert public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]"])
async def test_this_machine_under_any_spelling(host: str) -> None:
    """However the loopback address is written, the guard sees what it resolves to."""
    async with little_server(ok()) as server, Egress.open(NOTHING_ALLOWED) as egress:
        with pytest.raises((EgressRefused, NotSent)):
            await egress.request("GET", f"http://{host}:{server.port}/")
        assert server.connections == 0


async def test_the_list_is_host_and_port() -> None:
    """A host that is allowed on one port is not allowed on another."""
    async with little_server(ok()) as friend, little_server(ok()) as other, Egress.open(friend.allowed) as egress:
        assert (await egress.request("GET", friend.url)).body == b"ok"
        with pytest.raises(EgressRefused):
            await egress.request("GET", other.url)
        assert other.connections == 0


async def test_one_bad_address_among_good_ones() -> None:
    """A name that resolves to a public and a private address is refused: which one is used is not left to chance."""

    async def two_faced(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34", "10.0.0.1"]

    async with Egress.open(NOTHING_ALLOWED, resolve=two_faced) as egress:
        with pytest.raises(EgressRefused):
            await egress.request("GET", "http://two-faced.test/")


async def test_rebinding_gains_nothing() -> None:
    """A name is looked up once a connection, and that very answer is connected to: the second answer is never used."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    looked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        looked.append(host)
        return next(answers)

    async with little_server(ok()) as server, Egress.open(NOTHING_ALLOWED, resolve=rebinding) as egress:
        with pytest.raises(NotSent):
            await egress.request("GET", f"http://rebind.test:{server.port}/", timeout=0.3)
        assert looked == ["rebind.test"]
        with pytest.raises(EgressRefused):
            await egress.request("GET", f"http://rebind.test:{server.port}/")
        assert server.connections == 0


async def test_the_name_travels_with_the_checked_address() -> None:
    """The connection goes to the address found; the Host header keeps the name that was asked for."""

    async def found(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with little_server(ok()) as server, Egress.open(server.allowed, resolve=found) as egress:
        await egress.request("GET", f"http://friend.test:{server.port}/x")
        assert f"host: friend.test:{server.port}".encode() in server.heads[0].lower()


async def test_a_redirect_to_the_metadata_service() -> None:
    """Each hop is checked anew."""
    target = "http://169.254.169.254/latest/meta-data/"
    async with little_server(redirect(target)) as server, Egress.open(server.allowed) as egress:
        with pytest.raises(EgressRefused):
            await egress.request("GET", server.url, redirects=3)


async def test_redirects_only_when_asked_and_only_reading() -> None:
    """A redirect is an answer like any other, unless a GET asked for it to be followed."""
    async with (
        little_server(ok(b"there")) as there,
        little_server(redirect(f"http://friend.test:{there.port}/")) as here,
    ):
        both = here.allowed.model_copy(
            update={"egress_allow": (*here.allowed.egress_allow, *there.allowed.egress_allow)}
        )

        async def found(host: str, port: int) -> Sequence[str]:
            return ["127.0.0.1"]

        async with Egress.open(both, resolve=found) as egress:
            assert (await egress.request("GET", here.url)).status == 302
            assert (await egress.request("POST", here.url, content=b"x", redirects=3)).status == 302
            assert there.connections == 0
            personal = {"authorization": "Bearer planted", "accept": "text/plain"}
            followed = await egress.request("GET", here.url, redirects=1, headers=personal)
            assert followed.body == b"there"
            assert b"planted" not in there.heads[0]
            assert b"accept: text/plain" in there.heads[0].lower()


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "file:///etc/passwd", "http://user:pass@example.org/", "nowhere", "http:///x"],
)
async def test_only_plain_web_addresses(url: str) -> None:
    """Other schemes and credentials inside a URL do not leave."""
    async with Egress.open(NOTHING_ALLOWED) as egress:
        with pytest.raises(EgressRefused):
            await egress.request("GET", url)


async def test_the_second_address_is_tried() -> None:
    """A host with one dead address among several is still reached (before anything is sent)."""

    async def found(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with little_server(ok()) as server, Egress.open(server.allowed, resolve=found) as egress:
        assert (await egress.request("GET", f"http://friend.test:{server.port}/")).status == 200


async def test_tls_proves_the_name_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate is checked against the URL's name, though the connection goes to a checked address."""

    async def found(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    certificate = certificate_for("friend.test", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    async with little_server(ok(), ssl=tls) as server:
        allowed = server.allowed.model_copy(
            update={"egress_allow": (f"friend.test:{server.port}", f"foe.test:{server.port}")}
        )
        async with Egress.open(allowed, resolve=found) as egress:
            assert (await egress.request("GET", f"https://friend.test:{server.port}/")).status == 200
            with pytest.raises(NotSent):
                await egress.request("GET", f"https://foe.test:{server.port}/")
