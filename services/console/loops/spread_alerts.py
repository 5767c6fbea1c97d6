"""From causes to alerts: one for each person who sees the brand, one call for each hook that chose the kind."""

from collections.abc import Callable
from datetime import datetime

from services.console.domain.alerts import FOLLOWS, OLDEST, alert_id, mode_of, sees
from services.console.hooking import Teller
from services.console.store.alert_causes import A_TURN, Causes
from services.console.store.alert_hooks import Hooks, call_of
from services.console.store.alert_people import AlertPeople, Reader
from services.console.store.alerts import Alerts
from services.console.store.directory import DirectoryStore
from shared.mongo.operations import Document


class Spreader:
    """Ids derive from cause and person: a turn that ended halfway is done again, and adds what is missing."""

    def __init__(
        self,
        causes: Causes,
        alerts: Alerts,
        people: AlertPeople,
        hooks: Hooks,
        teller: Teller,
        directory: DirectoryStore,
        clock: Callable[[], datetime],
        *,
        mails: bool,
    ) -> None:
        self._causes = causes
        self._alerts = alerts
        self._people = people
        self._hooks = hooks
        self._teller = teller
        self._directory = directory
        self._clock = clock
        self._mails = mails

    async def spread(self) -> bool:
        """Tell of what is new; whether there may be more. What is a day old is told to nobody."""
        now, causes = self._clock(), await self._causes.new()
        readers: dict[str, list[Reader]] = {}
        alerts: list[Document] = []
        for cause in causes:
            brand_id = cause["brand_id"]
            if now - cause["at"] > OLDEST:
                continue
            if brand_id not in readers:
                readers[brand_id] = await self._people.of_brand(brand_id)
            alerts += [one for reader in readers[brand_id] if (one := self._alert(cause, reader, now))]
        if alerts:
            await self._alerts.add(alerts)
        await self._queue([cause for cause in causes if now - cause["at"] <= OLDEST], now)
        if causes:
            await self._causes.spread([cause["_id"] for cause in causes])
        return len(causes) == A_TURN

    async def _queue(self, causes: list[Document], now: datetime) -> None:
        """What agencies' hooks are told of their own brands."""
        hooks = await self._hooks.taking() if causes else []
        if not hooks:
            return
        brands = {one["_id"]: one for one in await self._directory.brands([cause["brand_id"] for cause in causes])}
        names = {brand_id: brand["name"] for brand_id, brand in brands.items()}
        calls = [
            call_of(cause, hook, self._teller.body(cause, names), now)
            for cause in causes
            for hook in hooks
            if FOLLOWS.get(cause["kind"], cause["kind"]) in hook["kinds"]
            and brands.get(cause["brand_id"], {}).get("agency_id") == hook["agency_id"]
        ]
        if calls:
            await self._hooks.queue(calls)

    def _alert(self, cause: Document, reader: Reader, now: datetime) -> Document | None:
        person, choices = reader.person, reader.choices
        role = sees(cause["brand_id"], person.roles, operator=person.operator)
        if role is None:
            return None
        mode = mode_of(cause["kind"], role, choices.kinds)
        mailed = self._mails and mode != "none" and choices.email != ""
        told = {name: cause[name] for name in ("brand_id", "kind", "thing", "at", "facts")}
        return {
            "_id": alert_id(cause["_id"], person.login),
            "cause": cause["_id"],
            "login": person.login,
            **told,
            "mode": mode,
            "state": "waiting" if mailed else "shown",
            "due_at": choices.hours.leaves_at(mode, now) if mailed else now,
            "created_at": now,
        }
