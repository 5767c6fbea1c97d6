"""Calls agencies' hooks: one line each, so that one that is away delays no other; a message keeps its id."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.console.domain.alerts import OLDEST
from services.console.hooking import Teller
from services.console.store.alert_hooks import A_TURN, Hooks
from shared.egress import Egress, EgressRefused, NotSent, OutcomeUnknown
from shared.mongo.operations import Document
from shared.webhooks import headers_of

SECONDS = 10.0
MOST_ANSWER = 64_000
GONE = 410


class HookRefused(Exception):
    """It did not take the message; `gone` where it wants no more."""

    def __init__(self, why: str, *, gone: bool = False) -> None:
        super().__init__(why)
        self.gone = gone


@dataclass(frozen=True, slots=True)
class HookCaller:
    """`call` is the loop's work. What may have arrived is told again: receivers know a message by its id."""

    hooks: Hooks
    teller: Teller
    egress: Egress
    clock: Callable[[], datetime]

    async def call(self) -> bool:
        """Serve every hook for which something waits; whether there may be more."""
        hooks = await self.hooks.claim(self.clock())
        return any(await asyncio.gather(*(self._serve(hook) for hook in hooks)))

    async def _serve(self, hook: Document) -> bool:
        calls = await self.hooks.waiting(hook["_id"])
        try:
            for call in calls:
                now = self.clock()
                if now - call["created_at"] <= OLDEST:
                    await self._tell(hook, call, now)
                    await self.hooks.conclude(call["_id"], "delivered", now)
                else:
                    await self.hooks.conclude(call["_id"], "expired", now)
        except HookRefused as refused:
            await self.hooks.failing(hook, str(refused), self.clock(), gone=refused.gone)
            return False
        await self.hooks.well(hook, self.clock())
        return len(calls) == A_TURN

    async def _tell(self, hook: Document, call: Document, now: datetime) -> None:
        body = call["body"].encode()
        signed = headers_of([self.teller.secret(hook)], call["cause"], now, body)
        headers = {"content-type": "application/json", **signed}
        try:
            answer = await self.egress.request(
                "POST", hook["url"], headers=headers, content=body, timeout=SECONDS, max_bytes=MOST_ANSWER
            )
        except (NotSent, OutcomeUnknown, EgressRefused) as error:
            raise HookRefused(str(error)) from None
        if not 200 <= answer.status < 300:
            raise HookRefused(f"the receiver answered {answer.status}", gone=answer.status == GONE)
