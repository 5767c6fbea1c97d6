"""Connecting a channel by its form: whatever stands at the address, the form stays and says what is wrong."""

from asyncio import StreamReader, StreamWriter

import pytest

from services.console.connecting import try_out
from shared.egress import Egress
from shared.networks.capabilities import Account, Author, Gone, Refused, TokenLost
from shared.networks.registry import open_networks
from tests.services.console.house import House
from tests.services.console.visitor import Visitor, seen
from tests.shared.little_server import Answer, little_server, ok


class Fails:
    """A network whose `whoami` fails in one way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def whoami(self, account: Account) -> Author:
        raise self.error


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (TokenLost("expired"), "token"),
        (Refused("needs a right"), "refused"),
        (Gone("HTTP 404"), "refused"),
        (ValueError("no JSON"), "unreadable"),
        (KeyError("username"), "unreadable"),
        (TypeError("a list"), "unreadable"),
        (AttributeError("get"), "unreadable"),
    ],
)
async def test_each_failure_has_its_words(house: House, error: Exception, trouble: str) -> None:
    """A test of a connection never raises for what the network, or another server, answered."""
    object.__setattr__(house.console, "networks", {"some": Fails(error)})
    assert (await try_out(house.console, "some", Account("", "b", "", "http://127.0.0.1:1", "t"))).trouble == trouble


async def absent(reader: StreamReader, writer: StreamWriter, head: bytes) -> None:
    """Answer 404 with a page, as a web server does for a path that it does not have."""
    writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 7\r\n\r\n<p>No.\n")
    await writer.drain()


@pytest.mark.parametrize("network", ["facebook", "linkedin", "mastodon", "x"])
@pytest.mark.parametrize("answer", [absent, ok(b"{}"), ok(b"[]"), ok(b'"no"'), ok(b"<p>Hello")])
async def test_a_wrong_address_keeps_the_form(house: House, ines: Visitor, network: str, answer: Answer) -> None:
    """What was typed stands in the form again, under words that say what is wrong."""
    async with little_server(answer) as server, Egress.open(server.allowed) as egress:
        allowing = house.console.settings.model_copy(update={"egress_allow": server.allowed.egress_allow})
        object.__setattr__(house.console, "networks", open_networks(egress))
        object.__setattr__(house.console, "settings", allowing)
        path, form = f"/{house.brand('first')}/channels/connect", {"network": network, "base_url": server.url}
        await ines.see(path)
        page = await ines.send(path, form | {"account_id": "1", "token": "a-token", "name": "Typed Name"})
    assert server.heads
    assert page.status_code == 422, page.text[:500]
    assert 'value="Typed Name"' in page.text
    assert f'value="{server.url}"' in page.text
    words = ("The network refused", "could not be reached", "could not be read", "does not accept this token")
    assert any(said in seen(page.text) for said in words)


@pytest.mark.parametrize("network", ["facebook", "instagram", "linkedin", "x"])
async def test_another_s_server_is_not_asked_whose_a_token_is(house: House, ines: Visitor, network: str) -> None:
    """It would say what it likes: somebody else's account would become this brand's, with all that is said there."""
    async with little_server(ok(b'{"id": "1029", "name": "Rivals"}')) as server, Egress.open(server.allowed) as egress:
        object.__setattr__(house.console, "networks", open_networks(egress))
        path = f"/{house.brand('first')}/channels/connect"
        page = await ines.send(path, {"network": network, "base_url": server.url, "account_id": "1029", "token": "t"})
    assert (page.status_code, server.heads) == (422, [])
    assert "this is none of them" in seen(page.text)
