"""The demo that stays up: people go on talking, posts go out when they are due, engines that die are started again."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.panel import Panel
from rich.table import Table

from parvis.demo.advertising import advertise
from parvis.demo.neighbours import Neighbours
from parvis.demo.people import PEOPLE
from parvis.demo.plans import plans
from parvis.demo.posting import put_plans
from parvis.demo.script import REAL
from parvis.demo.seed import House
from parvis.demo.steps import Steps
from parvis.engines.local import LocalEngines
from parvis.platform import Platform
from parvis.simulator.traffic import Traffic

# Utterances a second over all walls: in the first seconds, so that there is something to see, and then for good.
OPENING, OPENING_SECONDS = 5.0, 12.0
PACE = 0.4
WATCH = 3.0
NEIGHBOURS_SPEAK = 20.0


@dataclass(frozen=True, slots=True)
class Life:
    """What goes on by itself."""

    platform: Platform
    houses: Sequence[House]
    engines: LocalEngines
    steps: Steps
    seed: int
    neighbours: Neighbours | None = None

    async def go_on(self) -> None:
        """Until cancelled."""
        await self.platform.simulator.crowd(OPENING, seed=self.seed)
        await asyncio.gather(self._calm_down(), self._plan(), self._watch(), self._neighbours_speak())

    async def _calm_down(self) -> None:
        await asyncio.sleep(OPENING_SECONDS)
        await self.platform.simulator.crowd(PACE, seed=self.seed + 1)

    async def _plan(self) -> None:
        now = datetime.now(UTC)
        await put_plans(self.platform, self.houses, plans([house.brand for house in self.houses], now))
        await advertise(self.platform, self.houses, now)

    async def _watch(self) -> None:
        """Services restart by themselves; an engine is started again here, and a simulator is told to go on."""
        simulator = self.platform.supervisor.child("simulator")
        lives = simulator.restarts
        while True:
            await asyncio.sleep(WATCH)
            await self._revive_engines()
            if simulator.restarts != lives and simulator.state == "running":
                lives = simulator.restarts
                await self.platform.simulator.ready()
                await self.platform.simulator.crowd(PACE, seed=self.seed + lives)

    async def _revive_engines(self) -> None:
        dead = [one.name for one in self.engines.standings() if one.state == "crashed"]
        if dead:
            self.steps.say(f"{' and '.join(dead)} died and is started again; the services wait for it")
            await asyncio.to_thread(self.engines.start, self.steps.say)

    async def _neighbours_speak(self) -> None:
        """On the real networks, now and then."""
        if self.neighbours is None:
            return
        traffic = Traffic(self.seed)
        there = [(house, network) for house in self.houses for network in REAL if network in house.channels]
        while True:
            for house, network in there:
                await asyncio.sleep(NEIGHBOURS_SPEAK / len(there))
                line = traffic.line(house.brand.sector, house.brand.languages)
                try:
                    if post := await self.neighbours.latest(network):
                        await self.neighbours.say(network, line.text, line.author, post)
                except httpx.HTTPError as trouble:
                    self.steps.say(f"{network}: {trouble}")


def welcome(platform: Platform, passwords: Mapping[str, str], login: Path, letters: str, seconds: float) -> Panel:
    """Where to go, and who one may be."""
    people = Table.grid(padding=(0, 2))
    for person in PEOPLE:
        people.add_row(person.login, passwords[person.login], person.described)
    shown = Table.grid(padding=(0, 0))
    shown.add_row(f"Console    [bold]{platform.urls['console']}[/bold]")
    shown.add_row(f"Networks   {platform.simulator.url}")
    shown.add_row(f"Mails      {letters}")
    shown.add_row("")
    shown.add_row(people)
    shown.add_row("")
    shown.add_row(f"[dim]Passwords are kept in {login}. Ctrl-C ends everything; data is kept.[/dim]")
    return Panel(shown, title=f"Parvis, usable after {seconds:.0f} s", title_align="left", expand=False)
