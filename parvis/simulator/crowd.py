"""The crowd: people who talk by themselves on every wall, answer each other, think again and delete."""

import asyncio
from collections import Counter, deque
from collections.abc import Mapping, Sequence

from parvis.simulator.records import Account, Person, Said
from parvis.simulator.traffic import Traffic
from parvis.simulator.world import World

ANSWERED = 0.45  # share of what is said that answers somebody
REMEMBERED = 12  # how many of a wall's last utterances may be answered, edited or deleted
NAMED = frozenset({"mastodon", "x"})  # networks where nobody is told who is not named
WALL = 4  # a brand's posts that still draw comments
AFTERTHOUGHT = {"fr": "\n\nÉdit : c'est réglé, merci.", "en": "\n\nEdit: sorted now, thanks."}


class Crowd:
    """Silent until started. `said` and `moods` count what was said since."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._seed = seed
        self._traffic = Traffic(seed)
        self._accounts: frozenset[str] = frozenset()
        self._recent: dict[str, deque[Said]] = {}
        self._wake = asyncio.Event()
        self._edits = self._deletes = 0.0
        self.rate = 0.0
        self.said = 0
        self.moods: Counter[str] = Counter()

    def start(
        self,
        rate: float,
        seed: int | None = None,
        mix: Mapping[str, float] | None = None,
        accounts: Sequence[str] = (),
        edits: float = 0.02,
        deletes: float = 0.01,
    ) -> None:
        """From now on, `rate` utterances a second. Raises ValueError for an unknown mood."""
        self._traffic = Traffic(self._seed if seed is None else seed, mix)
        self._accounts, self._edits, self._deletes = frozenset(accounts), edits, deletes
        self._recent.clear()
        self.said, self.moods, self.rate = 0, Counter(), rate
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            while self.rate <= 0:
                self._wake.clear()
                await self._wake.wait()
            accounts = [
                one
                for account_id, one in self._world.accounts.items()
                if one.network != "ads" and (not self._accounts or account_id in self._accounts)
            ]
            if accounts:
                self.speak(self._traffic.choose(accounts))
            await asyncio.sleep(1 / self.rate if self.rate > 0 else 0)

    def speak(self, account: Account) -> None:
        """One utterance on this wall; now and then one who spoke before thinks again."""
        recent = self._recent.setdefault(account.id, deque(maxlen=REMEMBERED))
        target = self._traffic.choose(recent) if recent and self._traffic.chance(ANSWERED) else None
        other = target.author_name if target else ""
        line = self._traffic.line(account.sector, account.languages, other)
        author = Person.named(line.author)
        self.said += 1
        self.moods[line.mood] += 1
        recent.append(self._say(account, target, line.text, author, line.language))
        self._reconsider(recent)

    def _say(self, account: Account, target: Said | None, text: str, author: Person, language: str) -> Said:
        if account.network in NAMED:
            # who answers somebody else does not always name the brand
            named = target is None or self._traffic.chance(0.5)
            text = f"@{account.handle} {text}" if named else text
            if target is None:
                return self._world.post(account, text, author, language=language)
            return self._world.answer(target, text, author, language=language)
        return self._world.answer(target or self._post(account), text, author, language=language)

    def _post(self, account: Account) -> Said:
        """One of the brand's latest posts; the first is made when the wall is bare."""
        own = [one for one in self._world.wall(account.id)[:WALL] if one.author_id == account.id]
        if own:
            post: Said = self._traffic.choose(own)
            return post
        language = account.languages[0]
        return self._world.post(account, self._traffic.announcement(account.sector, language), language=language)

    def _reconsider(self, recent: deque[Said]) -> None:
        if self._traffic.chance(self._edits):
            said = self._traffic.choose(recent)
            self._world.edit(said, said.text + AFTERTHOUGHT.get(said.language, AFTERTHOUGHT["en"]))
        if self._traffic.chance(self._deletes):
            said = self._traffic.choose(recent)
            self._world.delete(said)
            for gone in [one for one in recent if one.deleted]:
                recent.remove(gone)
