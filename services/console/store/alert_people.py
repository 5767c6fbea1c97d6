"""Who may be told of a brand, and how each wants to be: choices of their own beside the member, who is only read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from services.console.domain.access import Person
from services.console.domain.alerts import PLATFORM, Mode
from services.console.domain.quiet import Hours
from services.console.domain.relay import is_address
from services.console.store.members import person_of
from shared.mongo.operations import Document

if TYPE_CHECKING:
    from shared.mongo.database import Database

DEFAULT_ZONE = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Choices:
    """One person's. `email` is empty where nothing can be mailed; clocks are `HH:MM`, equal ones mean never quiet."""

    email: str = ""
    zone: str = DEFAULT_ZONE
    quiet_from: str = "00:00"
    quiet_to: str = "00:00"
    daily_at: str = "08:00"
    kinds: Mapping[str, Mode] = field(default_factory=dict)
    seen_until: datetime | None = None
    mailed_at: datetime | None = None

    @property
    def hours(self) -> Hours:
        """As the rules read them."""
        begin, end, daily = (time.fromisoformat(one) for one in (self.quiet_from, self.quiet_to, self.daily_at))
        return Hours(ZoneInfo(self.zone), begin, end, daily)


@dataclass(frozen=True, slots=True)
class Reader:
    """A member with their choices."""

    person: Person
    choices: Choices


class AlertPeople:
    """The `alertChoices` collection, one document a login; members by what they see."""

    def __init__(self, database: "Database") -> None:
        self._choices = database.system("alertChoices")  # system: a person's own, of no brand
        self._members = database.system("members")  # system: who sees a brand stands with who signs in

    async def of_brand(self, brand_id: str) -> list[Reader]:
        """Everybody who sees the brand; of the whole deployment, its operators."""
        wanted: Document = {"operator": True} if brand_id == PLATFORM else {f"roles.{brand_id}": {"$exists": True}}
        return await self._readers(await self._members.find(wanted, sort=("_id",)))

    async def named(self, logins: Sequence[str]) -> dict[str, Reader]:
        """These, by login, as they are now."""
        found = await self._readers(await self._members.find({"_id": {"$in": list(logins)}}))
        return {one.person.login: one for one in found}

    async def choices(self, person: Person) -> Choices:
        """What one person chose, with what is usual for the rest."""
        return _choices(person, await self._choices.get({"_id": person.login}))

    async def choose(self, login: str, fields: Mapping[str, Any]) -> None:
        """Keep what a person chose."""
        await self._choices.update({"_id": login}, {"$set": dict(fields)}, upsert=True)

    async def seen(self, login: str, until: datetime) -> None:
        """They have seen what came up to then."""
        await self._choices.update({"_id": login}, {"$max": {"seen_until": until}}, upsert=True)

    async def _readers(self, members: Sequence[Document]) -> list[Reader]:
        rows = await self._choices.find({"_id": {"$in": [member["_id"] for member in members]}})
        known = {row["_id"]: row for row in rows}
        people = [person_of(member) for member in members]
        return [Reader(person, _choices(person, known.get(person.login))) for person in people]


def _choices(person: Person, row: Document | None) -> Choices:
    """A login that is an address is where mail goes, unless its person says otherwise."""
    usual = {"email": person.login if is_address(person.login) else ""}
    return Choices(**usual | {name: value for name, value in (row or {}).items() if name != "_id"})
