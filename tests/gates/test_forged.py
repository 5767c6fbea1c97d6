"""Calls in a network's name: what is not signed by it is refused, what it repeats counts once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from parvis.bridge.receiver import receiver
from shared.events.ids import interaction_id
from shared.webhooks import TOLERANCE, headers_of, secret_of
from tests.gates.calling import SAYING, SECRETS, comment, signed
from tests.gates.street import NOBODY, Estate, Street, until

FORGED, GENUINE, LAST = 666, 11, 12
OURS, THEIRS = secret_of(b"o" * 32), secret_of(b"t" * 32)
BOMBS = [b"[" * 100_000, b'{"a":' * 100_000, b'{"object":' + b"9" * 5_000 + b"}", b'{"object": "\xff\xfe"}', b""]


@pytest.fixture(scope="module")
async def shop(street: Street) -> Estate:
    """A brand on every network that calls."""
    shop = await street.settle("forged")
    for network in SECRETS.keys() - {"facebook"}:
        about = {"network": network, "account_id": shop["account"], "name": network, "base_url": f"http://{NOBODY}"}
        own = {"brand_id": shop["brand_id"], "token": "t"}
        await street.tell("PUT", f"/channels/{shop['brand_id']}-{network}", about | own)

    async def known() -> bool:
        directory = street.floors["ingest"].directory
        return all(directory.channel_of(network, shop["account"]) for network in SECRETS)

    await until(known)
    return shop


def forgeries(network: str, body: bytes) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """What it is, the body, and headers beside those of a right signature."""
    ((header, right),) = signed(network, body).items()
    other = next(secret for name, secret in SECRETS.items() if name != network)
    (of_other,) = signed(network, body, other).values()
    yield "no signature", body, {header: ""}
    yield "another app's secret", body, {header: of_other}
    yield "cut short", body[:-1], {header: right}
    yield "something added", body + b" ", {header: right}
    yield "a word changed", body.replace(b"idiots", b"saints"), {header: right}
    yield "half a signature", body, {header: right[:-4]}
    yield "another scheme", body, {header: "sha1=" + right.removeprefix("sha256=")}
    yield "a signature of nothing", body, signed(network, b"")
    yield "no ASCII", body, {header: right + "\xe9"}


async def test_only_the_network_itself_is_heard_and_once(street: Street, shop: Estate) -> None:
    """Each forgery is 401; the signed body that comes three times is one interaction, in the inbox and in counts."""
    brand, account = shop["brand_id"], shop["account"]
    before = await until(lambda: came_in(street, brand))
    for network in SECRETS:
        for what, body, headers in forgeries(network, comment(network, account, FORGED, "idiots all of you")):
            answer = await street.webhook(body, network, **headers)
            assert answer.status_code == 401, (network, what, answer.status_code)
        assert (await street.webhook(comment(network, account, FORGED + 1, "Bye"), network)).status_code == 200
    for network in SAYING:
        genuine = comment(network, account, GENUINE, "When do you open?")
        for _ in range(3):
            assert (await street.webhook(genuine, network)).status_code == 200
        assert (await street.webhook(comment(network, account, LAST, "And on Sunday?"), network)).status_code == 200
    wanted = before + 3 * len(SAYING)

    async def counted() -> bool:
        return bool(await came_in(street, brand) >= wanted)

    await until(counted)
    assert await came_in(street, brand) == wanted
    for network in SAYING:
        for number, status in ((GENUINE, 200), (LAST, 200), (FORGED, 404)):
            item = interaction_id(network, f"{brand}-{network}", f"{account}_{number}")
            assert (await street.api("GET", f"/brands/{brand}/interactions/{item}")).status_code == status


@pytest.mark.parametrize("network", SECRETS)
async def test_even_the_network_may_not_burst_us(street: Street, shop: Estate, network: str) -> None:
    """Signed and still no webhook: brackets and numbers without end, no text, nothing."""
    for bomb in BOMBS:
        assert (await street.webhook(bomb, network)).status_code == 422, bomb[:20]


async def came_in(street: Street, brand: str) -> int:
    """How many interactions were counted."""
    summary = await street.tell("GET", "/summary")
    return int(summary["brands"].get(brand, {}).get("came_in", 0))


async def test_a_receiver_knows_who_told_it_and_when() -> None:
    """Our own webhooks at their other end: another secret, another time, another body are 401, and nothing is written;
    the same message again is given to the writer again, who knows it by its id."""
    written: list[Any] = []

    async def write(data: Any) -> None:
        written.append(data)

    body, now = b'{"type": "io.parvis.moderation.CaseEscalated.v1", "data": {"n": 1}}', datetime.now(UTC)
    late, early = (now + timedelta(seconds=sign * (TOLERANCE + 60)) for sign in (-1, 1))
    right = headers_of([OURS], "m-1", now, body)
    cases: list[tuple[int, bytes, dict[str, str]]] = [
        (401, body, headers_of([THEIRS], "m-1", now, body)),
        (401, body, headers_of([OURS], "m-1", late, body)),
        (401, body, headers_of([OURS], "m-1", early, body)),
        (401, body, right | {"webhook-timestamp": str(int(now.timestamp()) + 1)}),
        (401, body, right | {"webhook-id": "m-2"}),
        (401, body[:-1], right),
        (401, body, {}),
        (413, b"x" * 2_000_000, right),
        (415, body, right | {"content-encoding": "gzip"}),
        (204, body, right),
        (204, body, right),
    ]
    app = receiver([OURS], "CaseEscalated", write)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bridge.test") as http:
        for status, sent, headers in cases:
            assert (await http.post("/", content=sent, headers=headers)).status_code == status, headers
    assert written == [{"n": 1}] * 2
