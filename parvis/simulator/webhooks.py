"""Signed webhooks as Meta sends them: several pages and changes in one call, again and again until a 2xx.

Meta says: retried at once, then ever less often for 36 hours, then dropped; the receiver must de-duplicate.
"""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from parvis.simulator.records import App
from parvis.simulator.sender import Sender
from parvis.simulator.world import World
from shared.networks.linkedin import inbound as linkedin
from shared.networks.x import inbound

SENDERS = 16
MOST = {"x": 1, "linkedin": 10}  # changes a call, on networks that say so


@dataclass(slots=True)
class Pace:
    """Real time by default. `batch`: how long changes gather before a call; the waits between tries double."""

    batch: float = 0.05
    most_changes: int = 100
    first_wait: float = 0.5
    longest_wait: float = 30.0
    give_up: float = 36 * 3600.0
    repeat_after: float = 0.3


@dataclass(slots=True)
class Webhook:
    """One call to be made. `body` is sent as it stands, every time."""

    id: str
    app_id: str
    body: str
    changes: int
    first_at: float
    attempts: int = 0
    repeats: int = 0


class Webhooks:
    """Changes in, calls out. What is not yet answered is in the journal, and goes out after a restart."""

    def __init__(self, world: World, sender: Sender) -> None:
        self.pace = Pace()
        self._world = world
        self._sender = sender
        self._waiting: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._ready: asyncio.Queue[Webhook] = asyncio.Queue()
        self._open: dict[str, Webhook] = {}
        self._wake = asyncio.Event()
        self._numbers = itertools.count(int(world.clock() * 1000) << 12)

    @property
    def unanswered(self) -> int:
        return len(self._open) + sum(map(len, self._waiting.values()))

    async def run(self) -> None:
        """Until cancelled."""
        for row in self._world.journal.load("change"):
            self._waiting[row["app_id"]].append(row)
            self._wake.set()
        for row in self._world.journal.load("webhook"):
            self._enqueue(Webhook(**row))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._gather())
            for _ in range(SENDERS):
                tasks.create_task(self._send_all())

    def change(self, app_id: str, account_id: str, change: dict[str, Any], kind: str = "page") -> None:
        """One thing happened to an account: told with others, soon. Runs inside the write that made it happen."""
        key = str(next(self._numbers))
        row = {"id": key, "app_id": app_id, "account": account_id, "change": change, "kind": kind}
        self._world.journal.put("change", key, row)
        self._waiting[app_id].append(row)
        self._wake.set()

    def send(self, app_id: str, bodies: Sequence[tuple[bytes, int]]) -> None:
        """Calls whose bodies are built already, each with its number of changes."""
        now = self._world.clock()
        calls = [Webhook(str(next(self._numbers)), app_id, body.decode(), n, now) for body, n in bodies]
        self._world.journal.put_many("webhook", ((call.id, call) for call in calls))
        for call in calls:
            self._enqueue(call)

    def _enqueue(self, call: Webhook) -> None:
        self._open[call.id] = call
        self._ready.put_nowait(call)

    async def _gather(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(self.pace.batch)
            self._wake.clear()
            with self._world.journal.together():
                for app_id, rows in self._waiting.items():
                    self._pack(app_id, rows)
                self._waiting.clear()

    def _pack(self, app_id: str, rows: list[dict[str, Any]]) -> None:
        journal, most = self._world.journal, self.pace.most_changes
        most = min(most, MOST.get(self._world.apps[app_id].network, most))
        if self._world.apps[app_id].callback_url:
            for start in range(0, len(rows), most):
                part = [(row["account"], row["change"]) for row in rows[start : start + most]]
                packed = body(part, self._world.clock(), rows[start]["kind"])
                self.send(app_id, [(packed, len(part))])
        journal.remove("change", *(row["id"] for row in rows))

    async def _send_all(self) -> None:
        while True:
            call = await self._ready.get()
            app = self._world.apps[call.app_id]
            fault = self._world.faults.pick("webhook", "webhook", call.app_id) if not call.attempts else None
            if fault is not None and fault.kind == "webhook_lost":
                self._close(call, "lost")
                continue
            if fault is not None:
                call.repeats += 1
            await self._try(app, call)

    async def _try(self, app: App, call: Webhook) -> None:
        call.attempts += 1
        content = call.body.encode()
        headers = {"Content-Type": "application/json", **signed(app, content)}
        status = 0
        with contextlib.suppress(OSError, TimeoutError, ValueError):
            status = await self._sender.post(app.callback_url, headers, content)
        self._world.journal.note(
            self._world.clock(), "webhook", call.app_id, call.id,
            attempt=call.attempts, status=status, changes=call.changes,
        )  # fmt: skip
        if not 200 <= status < 300:
            self._later(call)
        elif call.repeats:
            call.repeats -= 1
            asyncio.get_running_loop().call_later(self.pace.repeat_after, self._ready.put_nowait, call)
        else:
            self._close(call, "")

    def _later(self, call: Webhook) -> None:
        if self._world.clock() - call.first_at > self.pace.give_up:
            self._close(call, "given up")
            return
        wait = min(self.pace.first_wait * 2 ** min(call.attempts - 1, 20), self.pace.longest_wait)
        asyncio.get_running_loop().call_later(wait, self._ready.put_nowait, call)

    def _close(self, call: Webhook, why: str) -> None:
        self._open.pop(call.id, None)
        with self._world.journal.together():
            self._world.journal.remove("webhook", call.id)
            if why:
                self._world.journal.note(
                    self._world.clock(), "webhook", call.app_id, call.id,
                    attempt=call.attempts, status=0, changes=call.changes, why=why,
                )  # fmt: skip


def signed(app: App, content: bytes) -> dict[str, str]:
    """The header that says from whom a call is, as the app's network writes it."""
    if app.network == "x":
        return {"x-twitter-webhooks-signature": inbound.signature(content, app.secret)}
    if app.network == "linkedin":
        return {"X-LI-Signature": linkedin.signature(content, app.secret)}
    return {"X-Hub-Signature-256": signature(app.secret, content)}


def signature(secret: str, content: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def body(changes: Iterable[tuple[str, dict[str, Any]]], now: float, kind: str = "page") -> bytes:
    """One call's body: an entry an account, each with its changes in order; of X one account's one event."""
    if kind == "x":
        ((account, event),) = changes
        return orjson.dumps({"for_user_id": account, **event})
    if kind == "linkedin":
        return orjson.dumps({"type": linkedin.TYPE, "notifications": [change for _, change in changes]})
    entries: dict[str, list[dict[str, Any]]] = {}
    for account, change in changes:
        entries.setdefault(account, []).append(change)
    entry = [{"id": account, "time": int(now), "changes": told} for account, told in entries.items()]
    return orjson.dumps({"object": kind, "entry": entry})
