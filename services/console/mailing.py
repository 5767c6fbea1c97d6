"""A mail of alerts: its subject, its two bodies, and headers by which other programs know what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any

from services.console.alerting import Told, gravest_first, told_of
from services.console.store.alert_people import Reader
from services.console.templating import Pages
from services.console.words import Words, choose_language, messages

SHOWN = 25
POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes mails as one deployment does: `sender` as in a From header, `base` the console's public address."""

    pages: Pages
    sender: str
    base: str

    @property
    def envelope(self) -> str:
        """The sender's bare address."""
        return parseaddr(self.sender)[1]

    def write(
        self,
        mail: Mapping[str, Any],
        alerts: Sequence[Mapping[str, Any]],
        reader: Reader,
        brands: Mapping[str, str],
        now: datetime,
    ) -> EmailMessage:
        """The same mail has the same Message-ID, whenever it is sent."""
        language = choose_language(reader.person.language, "")
        words = Words(language, messages(language), reader.choices.hours.zone)
        told = [told_of(one, brands, words, now) for one in gravest_first(alerts)]
        message = EmailMessage(policy=POLICY)
        message["Subject"] = _subject(told, words)
        message["From"] = self._from()
        message["To"] = Address(addr_spec=mail["to"])
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{mail['_id']}@{self.envelope.rpartition('@')[2] or 'parvis'}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        values = {
            "told": told[:SHOWN],
            "more": len(told) - SHOWN,
            "w": words,
            "base": self.base,
            "name": reader.person.name,
        }
        message.set_content(self._text(told, words, reader.person.name))
        message.add_alternative(self.pages.text("alerts/mail.html", values), subtype="html")
        return message

    def _from(self) -> Address:
        name, address = parseaddr(self.sender)
        return Address(display_name=name, addr_spec=address)

    def _text(self, told: Sequence[Told], w: Words, name: str) -> str:
        parts, base, more = [w("alerts.mail_hello", name=name), ""], self.base, len(told) - SHOWN
        for one in told[:SHOWN]:
            parts += [f"* {one.title} ({one.when})", f"  {one.line}"]
            parts += [f"  {base}{one.href}"] if base else []
            parts.append("")
        if more > 0:
            parts += [w("alerts.mail_more", count=more), ""]
        parts.append(w("alerts.mail_why"))
        parts += [f"{base}/all/alerts/settings"] if base else []
        return "\n".join(parts) + "\n"


def _subject(told: Sequence[Told], words: Words) -> str:
    """The gravest; how many more there are."""
    first = told[0].title
    return first if len(told) == 1 else words("alerts.mail_subject", title=first, count=len(told) - 1)
