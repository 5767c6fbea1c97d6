"""What may go wrong on demand, for one account or all, by probability or a number of times."""

import asyncio
import random
from dataclasses import dataclass

from parvis.simulator.journal import Journal

BEFORE = {
    "rate_limit": "answer 429 (Facebook: error 4, 17, 32 or 1390008); nothing is created",
    "server_error": "answer 500; nothing is created",
    "drop": "cut the connection; nothing is created",
    "stall": "wait `seconds`, then cut the connection; nothing is created",
    "slow": "wait `seconds`, then do what was asked: it is committed after the caller gave up",
    "token_lost": "the account's token dies now and stays dead",
}
AFTER = {
    "server_error_after": "create, then answer 500",
    "drop_after": "create, then cut the connection",
    "stall_after": "create, wait `seconds`, then cut the connection",
}
WEBHOOKS = {
    "webhook_lost": "the webhook is never sent",
    "webhook_twice": "the webhook is sent again although it was answered with 2xx",
}
FLAGS = {"key_ignored": "Mastodon: the Idempotency-Key is ignored, as some servers do"}
ADS = {  # each a phase of its own
    "budget_ignored": "ads: money is spent beyond the budget, as networks do that count late",
    "report_late": "ads: nothing new is told for `seconds`",
    "report_twice": "ads: all figures are told again although they were read",
    "report_restated": "ads: the newest hour is told again with less, for invalid clicks are paid back",
}
OWN = {**ADS, "container_unready": "Instagram: what is to be published is still being worked on"}
PHASES = {"before": BEFORE, "after": AFTER, "webhook": WEBHOOKS, "flag": FLAGS}
PHASES |= {kind: {kind: text} for kind, text in OWN.items()}
KINDS = {kind: text for phase in PHASES.values() for kind, text in phase.items()}


@dataclass(slots=True)
class Fault:
    """`operation`: post, reply, hide, edit, delete, read, list, token, ads, audience, report or *.

    `remaining` None: until removed."""

    id: str
    kind: str
    account: str = "*"
    operation: str = "*"
    probability: float = 1.0
    remaining: int | None = None
    seconds: float = 30.0
    code: int = 0

    def concerns(self, operation: str, account: str) -> bool:
        return self.account in ("*", account) and self.operation in ("*", operation) and self.remaining != 0


class Trouble(Exception):
    """The network misbehaves now: each surface answers it in its own shape, or cuts the connection."""

    def __init__(self, kind: str, code: int = 0, seconds: float = 0.0) -> None:
        super().__init__(kind)
        self.kind = kind
        self.code = code
        self.seconds = seconds


class Faults:
    """The faults that are switched on. The same seed and the same calls give the same failures."""

    def __init__(self, journal: Journal, seed: int = 0) -> None:
        self._journal = journal
        self._random = random.Random(seed)
        self._faults = {row["id"]: Fault(**row) for row in journal.load("fault")}

    def all(self) -> list[Fault]:
        return list(self._faults.values())

    def add(self, fault: Fault) -> None:
        self._faults[fault.id] = fault
        self._journal.put("fault", fault.id, fault)

    def remove(self, fault_id: str) -> bool:
        self._journal.remove("fault", fault_id)
        return self._faults.pop(fault_id, None) is not None

    def clear(self) -> None:
        for fault_id in tuple(self._faults):
            self.remove(fault_id)

    def pick(self, phase: str, operation: str, account: str) -> Fault | None:
        """The first fault of the phase that hits now; a hit is counted."""
        for fault in tuple(self._faults.values()):
            if fault.kind not in PHASES[phase] or not fault.concerns(operation, account):
                continue
            if fault.probability < 1 and self._random.random() >= fault.probability:
                continue
            if fault.remaining is not None:
                fault.remaining -= 1
                self._journal.put("fault", fault.id, fault)
            return fault
        return None

    async def strike(self, phase: str, operation: str, account: str) -> None:
        """Raises `Trouble` when a fault hits; waits first where the fault says so."""
        fault = self.pick(phase, operation, account)
        if fault is None:
            return
        if fault.kind in ("slow", "stall", "stall_after"):
            await asyncio.sleep(fault.seconds)
        if fault.kind != "slow":
            raise Trouble(fault.kind, fault.code, fault.seconds)
