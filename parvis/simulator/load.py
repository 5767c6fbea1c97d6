"""Prepared loads: comments by the thousand, their webhooks built before the clock starts."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from uuid import uuid4

from parvis.simulator import graph_shapes
from parvis.simulator.records import Account, Person, Said
from parvis.simulator.traffic import Traffic
from parvis.simulator.webhooks import Webhooks, body
from parvis.simulator.world import World

CHUNK = 50_000  # of more than these, the next are built while no call leaves
SLICE = 0.02  # seconds between handing over the next few calls


@dataclass(slots=True)
class Load:
    """How far a load is. `sent`: changes handed to the senders; what is answered is in the ledger."""

    id: str
    count: int
    per_call: int
    rate: float
    prepared: int = 0
    sent: int = 0
    prepare_seconds: float = 0.0
    send_seconds: float = 0.0
    done: bool = False


class Loads:
    """Loads under way. They are committed as anything else that is said, and told by webhook only."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world = world
        self._webhooks = webhooks
        self._loads: dict[str, Load] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def get(self, load_id: str) -> Load | None:
        return self._loads.get(load_id)

    def start(self, pages: Sequence[Account], count: int, per_call: int, rate: float, seed: int) -> Load:
        load = Load(str(uuid4()), count, per_call, rate)
        self._loads[load.id] = load
        task = asyncio.create_task(self._run(load, pages, Traffic(seed)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return load

    async def _run(self, load: Load, pages: Sequence[Account], traffic: Traffic) -> None:
        turns = itertools.cycle([(page, self._post(page, traffic)) for page in pages])
        while load.prepared < load.count:
            began = perf_counter()
            said, calls = [], []
            size = min(CHUNK, load.count - load.prepared)
            for start in range(0, size, load.per_call):
                some = [self._comment(*next(turns), traffic) for _ in range(min(load.per_call, size - start))]
                said += some
                calls.append((self._body(some), len(some)))
                if start % 500 < load.per_call:
                    await asyncio.sleep(0)
            self._world.say_many(said)
            load.prepared += size
            load.prepare_seconds += perf_counter() - began
            await self._send(load, pages[0].app_id, calls)
        load.done = True

    async def _send(self, load: Load, app_id: str, calls: list[tuple[bytes, int]]) -> None:
        """Hand the calls over at the load's rate; flat out, no more than the senders keep up with."""
        began, start, before = perf_counter(), 0, load.sent
        while start < len(calls):
            if load.rate:
                due = (perf_counter() - began) * load.rate - (load.sent - before)
                take = int(due // load.per_call)
            else:
                take = max(0, 500 - self._webhooks.unanswered)
            some = calls[start : start + take]
            self._webhooks.send(app_id, some)
            start += len(some)
            load.sent += sum(changes for _, changes in some)
            await asyncio.sleep(SLICE)
        load.send_seconds += perf_counter() - began

    def _post(self, page: Account, traffic: Traffic) -> Said:
        wall = self._world.wall(page.id)
        return wall[0] if wall else self._world.post(page, traffic.announcement(page.sector, page.languages[0]))

    def _comment(self, page: Account, post: Said, traffic: Traffic) -> Said:
        line = traffic.line(page.sector, page.languages)
        who, number = Person.named(line.author), self._world.next_number()
        return Said(
            f"{post.id.rpartition('_')[2]}_{number}", "facebook", page.id, who.id, who.name, who.handle, line.text,
            root_id=post.id, parent_id=post.id, created_at=self._world.clock(), language=line.language,
        )  # fmt: skip

    def _body(self, said: Sequence[Said]) -> bytes:
        now = self._world.clock()
        changes = [
            (one.account_id, graph_shapes.change("add", one, self._world.accounts[one.account_id], now, ""))
            for one in said
        ]
        return body(changes, now)
