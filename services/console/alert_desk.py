"""All that alerts stand on: what handlers write, pages show and loops send."""

from dataclasses import dataclass
from datetime import timedelta

from services.console.domain.relay import server_of
from services.console.hooking import Teller
from services.console.loops.call_hooks import HookCaller
from services.console.loops.mail_alerts import Mailer
from services.console.loops.spread_alerts import Spreader
from services.console.loops.watch_alerts import Watcher
from services.console.mailing import Writer
from services.console.relay import Relay
from services.console.settings import Settings
from services.console.store.alert_causes import Causes
from services.console.store.alert_hooks import Hooks
from services.console.store.alert_mails import Mails
from services.console.store.alert_people import AlertPeople
from services.console.store.alerts import Alerts
from services.console.store.directory import DirectoryStore
from services.console.store.health import Health
from services.console.store.standing import Standing
from services.console.templating import Pages
from shared.loops import Loop
from shared.service import Floor


@dataclass(frozen=True, slots=True)
class AlertDesk:
    """`mailer` is None where the deployment names no mail server: alerts are shown only."""

    causes: Causes
    alerts: Alerts
    people: AlertPeople
    mails: Mails
    hooks: Hooks
    standing: Standing
    teller: Teller
    watcher: Watcher
    spreader: Spreader
    caller: HookCaller
    mailer: Mailer | None

    @classmethod
    def furnish(
        cls, settings: Settings, floor: Floor, directory: DirectoryStore, health: Health, pages: Pages
    ) -> "AlertDesk":
        """No engine is asked."""
        database, clock = floor.database, floor.clock
        causes, alerts, people, standing = Causes(database), Alerts(database), AlertPeople(database), Standing(database)
        mails, hooks, base = Mails(database, alerts), Hooks(database), settings.public_url.rstrip("/")
        teller = Teller(floor.keys.commands_private, base)
        server = server_of(settings.smtp_url.get_secret_value())
        mailer = None
        if server is not None:
            writer = Writer(pages, settings.mail_from, base)
            gap = timedelta(seconds=settings.alert_gap_seconds)
            mailer = Mailer(
                alerts, mails, people, standing, directory, writer, Relay(server, settings.smtp_ca), gap, clock
            )
        age = timedelta(minutes=settings.alert_case_minutes)
        return cls(
            causes=causes,
            alerts=alerts,
            people=people,
            mails=mails,
            hooks=hooks,
            standing=standing,
            teller=teller,
            watcher=Watcher(causes, standing, directory, health, age, clock),
            spreader=Spreader(causes, alerts, people, hooks, teller, directory, clock, mails=mailer is not None),
            caller=HookCaller(hooks, teller, floor.egress, clock),
            mailer=mailer,
        )

    def loops(self, look_seconds: float) -> list[Loop]:
        """Each alone under its lease; were two to run at once, what they write would still be written once."""
        loops = [
            Loop("watch_alerts", look_seconds, self.watcher.look, lease="watch_alerts"),
            Loop("spread_alerts", 1.0, self.spreader.spread, lease="spread_alerts"),
            Loop("call_hooks", 1.0, self.caller.call, lease="call_hooks"),
        ]
        if self.mailer is not None:
            loops.append(Loop("mail_alerts", 1.0, self.mailer.mail, lease="mail_alerts"))
        return loops
