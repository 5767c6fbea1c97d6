"""Mail over TLS, to a real server with its own authority: a wrong certificate is refused, and no mail is lost."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from parvis.letterbox.box import Box
from services.console.alert_desk import AlertDesk
from tests.deploy.certificates import Authority
from tests.services.console.alarms import Open, hears_crisis, suspected, turn
from tests.services.console.house import House

SCHEMES = ("smtp", "smtps")  # STARTTLS, and TLS from the first byte
USER, PASSWORD = "parvis", "p@ss: word"


def allowed(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword) -> AuthResult:
    """Whether this is our password; the library asks only once the connection is encrypted."""
    return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()))


@asynccontextmanager
async def server(scheme: str, certificate: Path | None) -> AsyncIterator[Box]:
    """A mail server with this certificate, or one that offers no encryption; who does not encrypt cannot send."""
    box, loop = Box(), asyncio.get_running_loop()
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate / "user.crt", certificate / "user.key")
    upgrading = context if scheme == "smtp" else None

    def protocol() -> SMTP:
        asked = {"authenticator": allowed, "auth_required": True} if upgrading else {}
        return SMTP(box, hostname="mail", loop=loop, tls_context=upgrading, require_starttls=bool(upgrading), **asked)

    listening = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if scheme == "smtps" else None)
    box.port = listening.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        listening.close()
        await listening.wait_closed()


def desk_for(desk_of: Open, scheme: str, box: Box, authority: Path | None, host: str = "127.0.0.1") -> AlertDesk:
    """Alerts that are mailed by this server."""
    user = f"{USER}:{quote(PASSWORD)}@" if scheme == "smtp" else ""
    return desk_of(smtp_url=SecretStr(f"{scheme}://{user}{host}:{box.port}"), smtp_ca=authority)


async def waits_because(desk: AlertDesk) -> str:
    """Why the server was not used, where the mail waits for it and nothing is known to have left."""
    (mail,) = await desk.mails.troubled()
    assert (mail["state"], mail["attempts"]) == ("waiting", 1)
    return str((await desk.mails.relay())["why"])


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_server_of_ones_own_is_trusted_by_its_authority_alone(
    scheme: str, house: House, desk_of: Open, tmp_path: Path
) -> None:
    """Not known: refused, said so, and the mail waits. Its authority named: the same mail leaves, once."""
    ours, another = Authority(tmp_path / "ours"), Authority(tmp_path / "another")
    certificate, wrong = ours.issue("mail"), another.issue("mail")
    async with server(scheme, certificate) as box:
        desk = desk_for(desk_of, scheme, box, None)
        await hears_crisis(house, desk, suspected(house))
        await turn(desk)
        assert "its certificate is not trusted: unable to get local issuer" in await waits_because(desk)
        house.clock.forward(minutes=1)
        await turn(desk_for(desk_of, scheme, box, wrong / "ca.crt"))
        assert not box.letters
        house.clock.forward(minutes=5)
        trusting = desk_for(desk_of, scheme, box, certificate / "ca.crt")
        await turn(trusting)
        await turn(trusting)
        assert [letter.subject for letter in box.letters] == ["First Brand: crisis suspected"]
        assert await trusting.mails.troubled() == []
        assert (await trusting.mails.relay())["why"] == ""


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_certificate_of_another_name_is_refused(
    scheme: str, house: House, desk_of: Open, tmp_path: Path
) -> None:
    """The right authority signed it, but for another machine than the one that is called."""
    certificate = Authority(tmp_path).issue("mail")
    async with server(scheme, certificate) as box:
        desk = desk_for(desk_of, scheme, box, certificate / "ca.crt", host="localhost")
        await hears_crisis(house, desk, suspected(house))
        await turn(desk)
        assert "Hostname mismatch" in await waits_because(desk)
        assert not box.letters


async def test_who_demands_encryption_sends_nothing_without(house: House, desk_of: Open) -> None:
    """A server, or somebody between, that offers no STARTTLS gets neither mail nor password."""
    async with server("smtp", None) as box:
        desk = desk_for(desk_of, "smtp", box, None)
        await hears_crisis(house, desk, suspected(house))
        await turn(desk)
        assert "STARTTLS" in await waits_because(desk)
        assert not box.letters
