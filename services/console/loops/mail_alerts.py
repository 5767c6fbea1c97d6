"""Mails alerts: gathers what is due for a person into one mail, and hands it over at most once without an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.console.alerting import brands_of
from services.console.domain.alerts import OLDEST, put_off, sees
from services.console.mailing import Writer
from services.console.relay import MailRefused, MailUnknown, Relay, RelayAway
from services.console.store.alert_mails import Mails
from services.console.store.alert_people import AlertPeople, Reader
from services.console.store.alerts import Alerts
from services.console.store.directory import DirectoryStore
from services.console.store.standing import Standing
from shared.events.ids import derive
from shared.mongo.operations import Document

A_TURN = 50


@dataclass(frozen=True, slots=True)
class Mailer:
    """`mail` is the loop's work. Between two mails to one person there are at least `gap`: a storm is few mails."""

    alerts: Alerts
    mails: Mails
    people: AlertPeople
    standing: Standing
    directory: DirectoryStore
    writer: Writer
    relay: Relay
    gap: timedelta
    clock: Callable[[], datetime]

    async def mail(self) -> bool:
        """Gather, then send; whether there may be more."""
        await self.gather()
        return await self.send()

    async def gather(self) -> None:
        """One mail for each person to whom something is due."""
        now = self.clock()
        logins = await self.alerts.logins_due(now)
        readers = await self.people.named(logins)
        for login in logins:
            reader, due = readers.get(login), await self.alerts.due(login, now)
            if reader is None or not reader.choices.email:
                await self.alerts.set_aside([one["_id"] for one in due], "withdrawn")
            elif reader.choices.mailed_at is None or now - reader.choices.mailed_at >= self.gap:
                await self._gather(reader, due, now)

    async def send(self) -> bool:
        """Hand over what is due, unless the server is being left alone; whether there may be more."""
        now, relay = self.clock(), await self.mails.relay()
        await self.mails.give_up(now)
        if relay["next_at"] and now < relay["next_at"]:
            return False
        for _ in range(A_TURN):
            mail = await self.mails.claim(now)
            if mail is None:
                return False
            if not await self._send(mail, relay["failures"]):
                return False
        return True

    async def _gather(self, reader: Reader, due: list[Document], now: datetime) -> None:
        """What lasts, is not too old, and is still theirs to see."""
        over = await self.standing.over(due)
        left = []
        for one in due:
            state = _state(one, reader, over, now)
            if state:
                await self.alerts.set_aside([one["_id"]], state)
            else:
                left.append(one["_id"])
        if left:
            login = reader.person.login
            await self.mails.gather(login, reader.choices.email, left, derive("mail", login, *sorted(left)), now)

    async def _send(self, mail: Document, failures: int) -> bool:
        """One attempt, one outcome; False where the server is away, and nothing else need be tried."""
        now = self.clock()
        alerts = await self.alerts.in_mail(mail["_id"])
        reader = (await self.people.named([mail["login"]])).get(mail["login"])
        if not alerts or reader is None or now - mail["created_at"] > OLDEST:
            await self.mails.conclude(mail, "empty" if not alerts or reader is None else "failed", "too late")
            return True
        brands = await self.directory.brands(brands_of(alerts))
        names = {brand["_id"]: brand["name"] for brand in brands}
        message = self.writer.write(mail, alerts, reader, names, now)
        try:
            await self.relay.send(message, self.writer.envelope, mail["to"])
        except RelayAway as away:
            await self.mails.conclude(mail, "waiting", str(away))
            await self.mails.relay_is(failures + 1, str(away), now + put_off(failures + 1))
            return False
        except MailUnknown as lost:
            await self.mails.conclude(mail, "unknown", str(lost))
        except MailRefused as refused:
            state, after = ("failed", None) if refused.final else ("waiting", now + put_off(mail["attempts"]))
            await self.mails.conclude(mail, state, str(refused), after)
        else:
            await self.mails.conclude(mail, "sent")
        if failures:
            await self.mails.relay_is(0, "", None)
        return True


def _state(alert: Document, reader: Reader, over: set[str], now: datetime) -> str:
    """Why an alert is not mailed after all; empty where it is."""
    person = reader.person
    if sees(alert["brand_id"], person.roles, operator=person.operator) is None:
        return "withdrawn"
    if alert["_id"] in over:
        return "over"
    return "expired" if now - alert["due_at"] > OLDEST else ""
