"""Bodies that are small on the way and huge when unpacked: refused unread, and nobody's memory grows."""

import zlib
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest

from parvis.services import USUAL_PORTS
from shared.middleware import BODY_CAP
from tests.gates.calling import SECRETS, signed
from tests.gates.street import Estate, Street
from tests.gates.test_documented import bodies, send

MEGABYTE = 1 << 20
ROOM = 300 * MEGABYTE  # what a process may grow by meanwhile; unpacked, each of these takes more


def bomb(megabytes: int) -> bytes:
    """That many megabytes of nothing, a thousandth as long: one packed piece again and again."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    first, rest = (pack.compress(bytes(MEGABYTE)) + pack.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + rest * (megabytes - 1)


SMALL, LARGE = bomb(900), bomb(10_000)


def resident() -> int:
    """Bytes that this process, which is all services, holds."""
    return int(psutil.Process().memory_info().rss)


def test_these_are_bombs() -> None:
    """The small one is under our cap and unpacks to 900 MB; the large one, of 10 MB, to 10 GB."""
    assert len(SMALL) < BODY_CAP
    assert 10_000_000 < len(LARGE) < 12_000_000
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert len(unpack.decompress(SMALL[: len(SMALL) // 90])) > 9 * MEGABYTE


@pytest.mark.parametrize("service", USUAL_PORTS)
async def test_no_service_unpacks_a_body(street: Street, spare: Estate, service: str) -> None:
    """415 with what would have been taken, as documented; and 413 where it is long besides."""
    before = resident()
    for method, path, operation in bodies(street.apps[service].openapi()):
        if path.startswith("/webhooks/"):
            continue
        assert "415" in operation["responses"], (method, path)
        for body in (SMALL, LARGE):
            answer = await send(street, spare, service, method, path, body, **{"content-encoding": "gzip"})
            assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity"), (method, path)
        answer = await send(street, spare, service, method, path, LARGE)
        assert answer.status_code == 413, (method, path)
    assert resident() - before < ROOM


@pytest.mark.parametrize("network", SECRETS)
async def test_no_webhook_is_unpacked(street: Street, network: str) -> None:
    """Signed or not, declared or in pieces: ten megabytes that are ten gigabytes are read by nobody."""
    before = resident()

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(LARGE), 65_536):
            yield LARGE[at : at + 65_536]

    sent = [
        (SMALL, {"content-encoding": "gzip"}, 415),
        (SMALL, {"content-encoding": "x"}, 415),
        (SMALL, {}, 422),
        (LARGE, {}, 413),
        (pieces(), signed(network, LARGE), 413),
        (pieces(), signed(network, LARGE) | {"content-encoding": "deflate"}, 415),
    ]
    for body, headers, status in sent:
        answer: httpx.Response = await street.webhook(body, network, **headers)
        assert answer.status_code == status, (headers, answer.text)
    assert resident() - before < ROOM
    ready = await street.http.get(f"{street.url('ingest')}/readyz")
    assert ready.status_code == 200, ready.text
