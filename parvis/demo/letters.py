"""The demo's mail: what Parvis would have sent lands in a letterbox on this machine, which shows it."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from parvis.engines import ports
from parvis.program import Program

PAGE_PORT, SMTP_PORT = 8825, 8826


@dataclass(frozen=True, slots=True)
class Letterbox:
    """A program beside the services, and what console must know of it."""

    page: int
    smtp: int

    @classmethod
    def choose(cls) -> "Letterbox":
        """Its usual ports, or the next free ones."""
        page = ports.choose(PAGE_PORT, fixed=False)
        smtp = ports.choose(max(SMTP_PORT, page + 1), fixed=False)
        return cls(page, smtp)

    @property
    def url(self) -> str:
        """Where its page is."""
        return f"http://{ports.HOST}:{self.page}"

    @property
    def program(self) -> Program:
        """Started before the services."""
        ports_given = ("--port", str(self.page), "--smtp-port", str(self.smtp))
        return Program("letterbox", (sys.executable, "-m", "parvis.letterbox", *ports_given), url=self.url)

    @property
    def environment(self) -> Mapping[str, str]:
        """Console mails there."""
        server = f"smtp+plain://{ports.HOST}:{self.smtp}"
        return {"CONSOLE_SMTP_URL": server, "CONSOLE_MAIL_FROM": "Parvis <parvis@rivage.test>"}
