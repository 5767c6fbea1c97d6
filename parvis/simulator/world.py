"""The simulated networks' memory: accounts, walls, and what happens to what was said. Nothing here knows HTTP."""

import bisect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from uuid import uuid4

from parvis.simulator.faults import Faults, Trouble
from parvis.simulator.journal import Journal
from parvis.simulator.records import Account, App, Notification, Person, Said
from parvis.simulator.urns import comment_id

MENTION = re.compile(r"(?<![\w/])@(\w+)")
# networks where an answer to an answer joins its parent's parent, and goes when that goes
TWO_LEVELS = frozenset({"facebook", "instagram", "linkedin"})
YEAR = 365 * 24 * 3600.0
REFRESHED = {"linkedin": YEAR, "x": 0.0}  # how long the refresh token beside an access token is good; 0: for ever
FORMS = {"facebook": "{account}_{number}", "linkedin": "urn:li:share:{number}"}  # of a post's id
Announce = Callable[[str, Said], None]


class World:
    """Every change is in the journal before the call returns. `announce(verb, said)` runs in the same write."""

    def __init__(self, journal: Journal, clock: Callable[[], float], seed: int = 0) -> None:
        self.journal = journal
        self.clock = clock
        self.faults = Faults(journal, seed)
        self.announce: Announce = lambda verb, said: None
        self.accounts = {row["id"]: Account(**row) for row in journal.load("account")}
        self.apps = {row["id"]: App(**row) for row in journal.load("app")}
        self.media = {row["id"]: row for row in journal.load("media")}
        self.things: dict[str, Said] = {}
        self._versions: dict[str, Said] = {}
        self.notifications: dict[str, list[Notification]] = {}
        self._roots: dict[str, list[Said]] = {}
        self._threads: dict[str, list[Said]] = {}
        self._answers: dict[str, list[Said]] = {}
        self._authored: dict[str, list[Said]] = {}
        self.people: dict[str, str] = {}
        self._last_number = 0
        for said in sorted((Said(**row) for row in journal.load("said")), key=lambda said: said.number):
            self._index(said)
        for row in journal.load("notification"):
            self.notifications.setdefault(row["account_id"], []).append(Notification(**row))

    # accounts

    def add_account(self, account: Account) -> None:
        if account.network in REFRESHED:
            account.refresh = account.refresh or f"refresh-{uuid4()}"
            if (life := REFRESHED[account.network]) and not account.refresh_ends_at:
                account.refresh_ends_at = self.clock() + life
        self.accounts[account.id] = account
        self.journal.put("account", account.id, account)

    def add_app(self, app: App) -> None:
        self.apps[app.id] = app
        self.journal.put("app", app.id, app)

    def by_token(self, token: str) -> Account | None:
        """The account that this token speaks for; None when it is unknown, lost or has ended."""
        now = self.clock()
        return next((a for a in self.accounts.values() if a.accepts(token, now)), None)

    async def strike(self, phase: str, operation: str, account: Account) -> None:
        """Let a fault hit, if one is due; each hit is in the ledger. Raises `Trouble`."""
        try:
            await self.faults.strike(phase, operation, account.id)
        except Trouble as trouble:
            if trouble.kind == "token_lost":
                account.lost = True
                self.add_account(account)
            self.journal.note(self.clock(), "fault", account.id, operation, kind=trouble.kind)
            raise

    # what is said

    def post(self, account: Account, text: str, author: Person | None = None, **more: object) -> Said:
        """A new post on the account's wall, its own or a visitor's; on Mastodon a visitor mentions the account."""
        number = self.next_number()
        said_id = FORMS.get(account.network, "{number}").format(account=account.id, number=number)
        return self.say(self._said(said_id, account, text, author, root_id=said_id, **more))

    def answer(self, parent: Said, text: str, author: Person | None = None, **more: object) -> Said:
        """An answer below `parent`; see `TWO_LEVELS`."""
        account = self.accounts[parent.account_id]
        number = self.next_number()
        parent_id, said_id = parent.id, str(number)
        if parent.network == "linkedin":
            said_id = comment_id(parent.root_id, number)
        elif parent.network == "facebook":
            said_id = f"{parent.root_id.rpartition('_')[2]}_{number}"
        if parent.network in TWO_LEVELS and parent.parent_id and parent.parent_id != parent.root_id:
            parent_id = parent.parent_id
        return self.say(self._said(said_id, account, text, author, root_id=parent.root_id, parent_id=parent_id, **more))

    def say(self, said: Said) -> Said:
        self.say_many((said,))
        self.announce("add", said)
        return said

    def say_many(self, said: Sequence[Said]) -> None:
        """Commit without telling anybody: for loads whose webhooks are built beforehand."""
        with self.journal.together():
            self.journal.put_many("said", ((one.id, one) for one in said))
            self.journal.note_many((self.clock(), "create", one.account_id, one.id, _created(one)) for one in said)
            for one in said:
                self._index(one)
                self._notify(one)

    def edit(self, said: Said, text: str, via: str = "person") -> None:
        said.text, said.edited_at = text, self.clock()
        if said.network == "x":
            said.version = str(self.next_number())
            self._versions[said.version] = said
        self._changed("edited", said, via, text=text)

    def delete(self, said: Said, via: str = "person") -> None:
        """Takes what stands below it along where there are two levels; elsewhere answers stay."""
        if said.network in TWO_LEVELS:
            for child in living(self.answers(said)):
                self.delete(child, via)
        said.deleted = True
        if said.network == "mastodon":
            self._forget_notifications(said)
        self._changed("remove", said, via)

    def set_hidden(self, said: Said, hidden: bool, via: str = "person") -> None:
        said.hidden = hidden
        self._changed("hide" if hidden else "unhide", said, via)

    # what is read

    def thing(self, said_id: str) -> Said | None:
        """What is there under this id, or the one that an edit gave it; deleted things are not."""
        said = self.things.get(said_id) or self._versions.get(said_id)
        return None if said is None or said.deleted else said

    def wall(self, account_id: str) -> list[Said]:
        """The account's roots, newest first."""
        return [said for said in reversed(self._roots.get(account_id, [])) if not said.deleted]

    def below(self, said: Said) -> list[Said]:
        """Everything under a root or an answer, oldest first, deleted ones too."""
        if said.is_root:
            return list(self._threads.get(said.id, []))
        found = self.answers(said)
        for one in found:  # which grows while it is walked, level by level
            found += self.answers(one)
        return sorted(found, key=lambda one: one.number)

    def answers(self, said: Said) -> list[Said]:
        """What answers this directly, oldest first, deleted ones too."""
        return list(self._answers.get(said.id, []))

    def by_author(self, account_id: str) -> list[Said]:
        """What the account itself said, newest first: posts and answers, on whatever wall."""
        return [one for one in reversed(self._authored.get(account_id, [])) if not one.deleted]

    def next_number(self) -> int:
        self._last_number = max(self._last_number + 1, int(self.clock() * 1000) << 16)
        return self._last_number

    def _said(self, said_id: str, account: Account, text: str, author: Person | None, **more: object) -> Said:
        who = author or Person(account.id, account.name, account.handle)
        said = Said(
            said_id, account.network, account.id, who.id, who.name, who.handle, text, said_id, created_at=self.clock()
        )
        return replace(said, **more)  # type: ignore[arg-type]

    def _index(self, said: Said) -> None:
        self.things[said.id] = said
        if said.version:
            self._versions[said.version] = said
        self._last_number = max(self._last_number, said.number)
        if said.is_root:
            bisect.insort(self._roots.setdefault(said.account_id, []), said, key=lambda one: one.number)
        else:
            bisect.insort(self._threads.setdefault(said.root_id, []), said, key=lambda one: one.number)
            bisect.insort(self._answers.setdefault(said.parent_id, []), said, key=lambda one: one.number)
        self.people.setdefault(said.author_handle, said.author_id)
        if said.author_id in self.accounts:
            bisect.insort(self._authored.setdefault(said.author_id, []), said, key=lambda one: one.number)

    def _notify(self, said: Said) -> None:
        """Mastodon tells every account that is named; an answer that names nobody is told to nobody."""
        if said.network != "mastodon":
            return
        named = {name.lower() for name in MENTION.findall(said.text)}
        for account in self.accounts.values():
            if account.network != "mastodon" or account.handle.lower() not in named or account.id == said.author_id:
                continue
            told = Notification(str(self.next_number()), account.id, said.id, said.created_at)
            self.notifications.setdefault(account.id, []).append(told)
            self.journal.put("notification", told.id, told)

    def _forget_notifications(self, said: Said) -> None:
        for inbox in self.notifications.values():
            for told in [told for told in inbox if told.said_id == said.id]:
                inbox.remove(told)
                self.journal.remove("notification", told.id)

    def _changed(self, verb: str, said: Said, via: str, **more: object) -> None:
        with self.journal.together():
            self.journal.put("said", said.id, said)
            self.journal.note(self.clock(), verb, said.account_id, said.id, via=via, **more)
            self.announce(verb, said)


def _created(said: Said) -> dict[str, object]:
    return {
        "network": said.network, "author": said.author_id, "text": said.text, "key": said.key,
        "root": said.root_id, "parent": said.parent_id, "via": said.via,
    }  # fmt: skip


def living(things: Iterable[Said]) -> list[Said]:
    return [one for one in things if not one.deleted]
