"""Takes mail by SMTP and keeps it: a real server of the protocol, whose mails go nowhere."""

import asyncio
import email
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

MOST = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as it came."""

    to: tuple[str, ...]
    message: EmailMessage
    at: datetime

    @property
    def subject(self) -> str:
        """Decoded."""
        return str(self.message["subject"] or "")

    @property
    def id(self) -> str:
        """Its Message-ID."""
        return str(self.message["message-id"] or "")

    @property
    def text(self) -> str:
        """Its plain text."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body else ""


@dataclass
class Box:
    """The newest mails. `plans` holds what is answered instead of taking the next ones: an SMTP reply, or "drop",
    which takes the mail and then ends the connection without an answer."""

    letters: deque[Letter] = field(default_factory=lambda: deque(maxlen=MOST))
    plans: list[str] = field(default_factory=list)
    port: int = 0

    def of(self, address: str) -> list[Letter]:
        """What came for somebody, in order."""
        return [one for one in self.letters if address in one.to]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        """A whole mail has come."""
        plan = self.plans.pop(0) if self.plans else ""
        if plan and plan != "drop":
            return plan
        content = envelope.content or b""
        message = email.message_from_bytes(
            content if isinstance(content, bytes) else content.encode(), policy=policy.SMTP
        )
        self.letters.append(Letter(tuple(envelope.rcpt_tos), message, datetime.now(UTC)))
        if plan and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 taken"


@asynccontextmanager
async def open_box(port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[Box]:
    """Listens while open; port 0 is any free one."""
    box, loop = Box(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="letterbox", loop=loop), host, port)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
