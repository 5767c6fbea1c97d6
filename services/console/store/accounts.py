"""What members do about their own way in (password, second step), and what admins ask of it; all of it logged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.console.domain.access import Person
from services.console.domain.membership import manages_all, may_recover
from services.console.domain.second_step import recovery_digest
from services.console.store.membership import Membership, Refused

if TYPE_CHECKING:
    from shared.mongo.database import Database
    from shared.mongo.transactions import Transaction

STEP = "second_step"


class Accounts:
    """`second_step` of a member: the app's secret sealed, the last code's step, recovery codes' digests, since when."""

    def __init__(self, database: "Database", membership: Membership) -> None:
        self._database = database
        self._membership = membership
        self._members = database.system("members")  # system: sign-in
        self._sessions = database.system("sessions")  # system: sign-in
        self._links = database.system("invitations")  # system: sign-in
        self._agencies = database.system("agencies")  # system: an agency stands above its brands

    async def change_password(self, person: Person, password_hash: str, session: str, now: datetime) -> None:
        """Another password: every other session is over, and a reset link opens nothing any more."""

        async def work(tx: "Transaction") -> None:
            await self._set(person, "member.password_changed", {"$set": {"password_hash": password_hash}}, now, tx)
            await self._sessions.delete({"login": person.login, "_id": {"$ne": session}}, tx=tx)
            await self._links.delete({"kind": "reset", "login": person.login}, tx=tx)

        await self._database.transact(work)

    async def sign_out(self, person: Person, session: str, here: str, now: datetime) -> None:
        """One of the person's own browsers (`session`, a digest), or without one all but `here`; a row of the log where
        any was signed in."""
        which: dict[str, Any] = {"_id": session} if session else {"_id": {"$ne": here}}

        async def work(tx: "Transaction") -> None:
            ended = await self._sessions.delete({"login": person.login, **which}, tx=tx)
            if ended:
                about = {"count": ended}
                await self._membership.note("member.signed_out", person.agency_id, person.login, now, about, tx)

        await self._database.transact(work)

    async def turn_on(self, person: Person, sealed: str, step: int, codes: Sequence[str], now: datetime) -> None:
        """From now on a code is asked for. Raises `Refused` (gone) where it is on already."""
        kept = {"sealed": sealed, "last": step, "since": now, "recovery": _digests(person, codes)}

        async def work(tx: "Transaction") -> None:
            await self._set(person, "member.second_step_on", {"$set": {STEP: kept}}, now, tx, {STEP: None})

        await self._database.transact(work)

    async def turn_off(self, person: Person, now: datetime) -> None:
        """A password is enough again, where the agency does not ask for more."""

        async def work(tx: "Transaction") -> None:
            await self._set(person, "member.second_step_off", {"$unset": {STEP: ""}}, now, tx)

        await self._database.transact(work)

    async def renew_codes(self, person: Person, codes: Sequence[str], now: datetime) -> None:
        """These recovery codes, and none of those before."""
        update = {"$set": {f"{STEP}.recovery": _digests(person, codes)}}

        async def work(tx: "Transaction") -> None:
            await self._set(person, "member.recovery_renewed", update, now, tx, {STEP: {"$ne": None}})

        await self._database.transact(work)

    async def accept(self, login: str, step: int) -> bool:
        """Take a code's step: False where it, or a later one, was taken before."""
        later = {"_id": login, f"{STEP}.last": {"$lt": step}}
        return (await self._members.update(later, {"$set": {f"{STEP}.last": step}})).matched == 1

    async def spend(self, person: Person, code: str, now: datetime) -> bool:
        """Use a recovery code up; False where it is none of theirs, or no more."""
        mark = recovery_digest(person.login, code)
        update = {"$pull": {f"{STEP}.recovery": mark}}

        async def work(tx: "Transaction") -> None:
            await self._set(person, "member.recovery_used", update, now, tx, {f"{STEP}.recovery": mark})

        try:
            await self._database.transact(work)
        except Refused:
            return False
        return True

    async def clear(self, by: str, login: str, now: datetime) -> None:
        """An admin takes a member's second step away (a lost telephone). Raises `Refused`: rights, gone."""

        async def work(tx: "Transaction") -> None:
            actor = await self._membership.actor(by, tx)
            member = await self._membership.member(login, tx)
            if not may_recover(actor, member):
                raise Refused("rights")
            await self._clear(by, member, now, tx)

        await self._database.transact(work)

    async def clear_by_operator(self, login: str, now: datetime) -> Person:
        """The same by whoever holds the operator's key: for an agency's only admin. Raises `Refused`: gone."""

        async def work(tx: "Transaction") -> Person:
            member = await self._membership.member(login, tx)
            await self._clear("operator", member, now, tx)
            return member

        return await self._database.transact(work)

    async def require(self, by: str, needed: bool, now: datetime) -> None:
        """Whether every member of the agency needs a second step. Raises `Refused`: rights."""

        async def work(tx: "Transaction") -> None:
            actor = await self._membership.actor(by, tx)
            if not manages_all(actor):
                raise Refused("rights")
            await self._agencies.update({"_id": actor.agency_id}, {"$set": {STEP: needed}}, tx=tx)
            act = "member.second_step_required" if needed else "member.second_step_optional"
            await self._membership.note(act, actor.agency_id, by, now, {}, tx)

        await self._database.transact(work)

    async def _clear(self, by: str, member: Person, now: datetime, tx: "Transaction") -> None:
        await self._members.update({"_id": member.login}, {"$unset": {STEP: ""}}, tx=tx)
        about = {"member": member.login}
        await self._membership.note("member.second_step_cleared", member.agency_id, by, now, about, tx)

    async def _set(
        self,
        person: Person,
        act: str,
        update: Mapping[str, Any],
        now: datetime,
        tx: "Transaction",
        only: Mapping[str, Any] | None = None,
    ) -> None:
        """A change of one's own, where the member is as `only` says; else `Refused`."""
        result = await self._members.update({"_id": person.login, **(only or {})}, update, tx=tx)
        if not result.matched:
            raise Refused("gone")
        await self._membership.note(act, person.agency_id, person.login, now, {}, tx)


def _digests(person: Person, codes: Sequence[str]) -> list[str]:
    return [recovery_digest(person.login, code) for code in codes]
