"""Hands mails over to the deployment's mail server, and says what is known of each afterwards."""

from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from pathlib import Path
from ssl import SSLCertVerificationError
from typing import Any

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from services.console.domain.relay import Server

SECONDS = 20.0  # for each answer of the server


class RelayAway(Exception):
    """The mail server cannot be used now: the mail has not left, and it is not to blame."""


class MailRefused(Exception):
    """The server answered no; `final` where it will not think otherwise."""

    def __init__(self, why: str, *, final: bool) -> None:
        super().__init__(why)
        self.final = final


class MailUnknown(Exception):
    """The mail was on its way when the connection ended: it may have been accepted."""


class Relay:
    """One connection a mail: alerts are few, and a stale connection would leave a mail's outcome unknown.

    `authority` is a file of certificates that are trusted besides the usual ones: a mail server of one's own.
    """

    def __init__(self, server: Server, authority: Path | None = None) -> None:
        self._server = server
        self._authority = str(authority) if authority else None

    async def send(self, mail: EmailMessage, sender: str, to: str) -> None:
        """Returns once the server has it; else raises `RelayAway`, `MailRefused` or `MailUnknown`."""
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.wrapping == "tls",
            start_tls=server.wrapping == "starttls",
            username=server.user or None,
            password=server.password or None,
            cert_bundle=self._authority,
            timeout=SECONDS,
        )
        try:
            await client.connect()
        except (SMTPException, OSError, ValueError) as error:
            raise RelayAway(_why(error)) from None
        try:
            await _envelope(client, sender, to)
            await _content(client, mail)
        finally:
            await _goodbye(client)


async def _envelope(client: SMTP, sender: str, to: str) -> None:
    """Nothing has left yet: whatever goes wrong here may be tried again."""

    async def said(step: Callable[..., Awaitable[Any]], address: str) -> None:
        try:
            await step(address)
        except SMTPResponseException as error:
            raise MailRefused(_why(error), final=error.code >= 500) from None
        except (SMTPException, OSError) as error:
            raise RelayAway(_why(error)) from None

    await said(client.mail, sender)
    await said(client.rcpt, to)


async def _content(client: SMTP, mail: EmailMessage) -> None:
    try:
        await client.data(bytes(mail))
    except SMTPResponseException as error:
        raise MailRefused(_why(error), final=error.code >= 500) from None
    except (SMTPException, OSError) as error:
        raise MailUnknown(_why(error)) from None


async def _goodbye(client: SMTP) -> None:
    """What the server says to a goodbye changes nothing."""
    try:
        await client.quit(timeout=2.0)
    except (SMTPException, OSError):
        client.close()


def _why(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.message}"[:300]
    for cause in (error, error.__cause__, error.__context__):
        if isinstance(cause, SSLCertVerificationError):
            return f"its certificate is not trusted: {cause.verify_message}"[:300]
    return f"{type(error).__name__}: {error}"[:300]
