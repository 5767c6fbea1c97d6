"""A network at the edge that does what a story wants."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.networks.capabilities import Account, DeliveryKey, Published, Rendition, Target, VisibilityResult


@dataclass
class Wall:
    """A network whose behaviour a story sets: each entry of `plan` is an error to raise, before or after creating.

    A look tells what was there when it began. With `names` set it creates nothing and names that thing instead.
    """

    plan: list[tuple[str, Exception]] = field(default_factory=list)
    created: list[tuple[str, str]] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)
    looks: int = 0
    look_takes: float = 0.0
    look_stalls: asyncio.Event | None = None
    names: str = ""
    result: VisibilityResult = "done"
    blind: bool = False
    stalls: asyncio.Event | None = None
    actions: frozenset[str] = frozenset({"hide", "show", "delete"})
    commit_bound: float = 0.0

    async def publish(self, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published:
        """Creates one thing a call, like networks without idempotency."""
        if self.stalls is not None:
            await self.stalls.wait()
        when, error = self.plan.pop(0) if self.plan else ("", None)
        if when == "before" and error is not None:
            raise error
        if self.names:
            return Published(self.names)
        remote_id = f"r{len(self.created)}"
        self.created.append((remote_id, rendition.text))
        if error is not None:
            raise error
        return Published(remote_id)

    async def reply(self, account: Account, target: Target, text: str, delivery: DeliveryKey) -> Published:
        """As `publish`."""
        return await self.publish(account, Rendition(text), delivery)

    async def find_post(
        self, account: Account, rendition: Rendition, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        """All that has this text."""
        self.looks += 1
        if self.blind:
            raise KeyError("data")
        found = [Published(remote) for remote, text in self.created if text == rendition.text]
        await asyncio.sleep(self.look_takes)
        if self.look_stalls is not None:
            await self.look_stalls.wait()
        return found

    async def find_reply(
        self, account: Account, target: Target, text: str, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        """As `find_post`."""
        return await self.find_post(account, Rendition(text), delivery, since)

    async def hide(self, account: Account, target: Target) -> VisibilityResult:
        """Remembers."""
        return self._change("hide", target)

    async def show(self, account: Account, target: Target) -> VisibilityResult:
        """Remembers."""
        return self._change("show", target)

    async def delete(self, account: Account, target: Target) -> VisibilityResult:
        """Remembers."""
        return self._change("delete", target)

    def _change(self, what: str, target: Target) -> VisibilityResult:
        if self.plan:
            raise self.plan.pop(0)[1]
        self.changes.append((what, target.external_id))
        return self.result
