"""What the clock drives: a named piece of work that runs again and again, alone where it holds a lease."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog

from shared import metrics
from shared.errors import DeadlinePassed, Unavailable
from shared.mongo.database import Database
from shared.mongo.leases import Lease
from shared.redaction import redact_text

LEASE_SECONDS = 30.0
LONGEST_PAUSE = 60.0
STUCK_SECONDS = 300.0
REST = 1.0  # seconds: what another replica wrote may wait for so long
log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[int | bool | None]]
Ahead = Callable[[], Awaitable[float | None]]


class Loop:
    """`work` runs every `every` seconds, and again at once while it returns something truthy.

    With `lease` only one process at a time runs it; another takes over within 30 s of its death, the next process of
    the dead one's name at once. What `work` raises is logged and counted, and the pause doubles up to a minute. One
    run longer than `stuck_after` seconds means that the process is not alive.

    A loop with `rest` is woken by whatever gives it work: unless it is, and unless something is due before (`ahead`
    says in how many seconds, and fails as `work` does), it asks the database again only after so many seconds.
    """

    def __init__(
        self,
        name: str,
        every: float,
        work: Work,
        lease: str | None = None,
        *,
        rest: float | None = None,
        ahead: Ahead | None = None,
        stuck_after: float = STUCK_SECONDS,
    ) -> None:
        self.name = name
        self.every = every
        self._work = work
        self._lease_name = lease
        self._longest = rest
        self._ahead = ahead
        self._due_in: float | None = None
        self._stuck_after = stuck_after
        self._wanted = asyncio.Event()
        self._stopping = False
        self._failures = 0
        self._error = ""
        self._run_since: float | None = None
        self._last_run: float | None = None
        self._renewed = 0.0

    def wake(self) -> None:
        """Run now, or once more right after the present run; with `rest`, `every` seconds after it."""
        self._wanted.set()

    def stop(self) -> None:
        """`run` returns when the present work is done."""
        self._stopping = True
        self._wanted.set()

    @property
    def stuck(self) -> str | None:
        """Why this loop is not alive, or None."""
        busy = time.monotonic() - self._run_since if self._run_since is not None else 0.0
        return f"loop {self.name} has been at one run for {busy:.0f} s" if busy > self._stuck_after else None

    def stats(self) -> dict[str, Any]:
        """For `/ops`. Times are seconds since the epoch."""
        return {
            "name": self.name,
            "every": self.every,
            "lease": self._lease_name,
            "last_run": self._last_run,
            "failures": self._failures,
            "last_error": self._error,
            "running_for": time.monotonic() - self._run_since if self._run_since is not None else None,
        }

    async def run(self, database: Database) -> None:
        """Go on until `stop`."""
        lease = database.lease(self._lease_name) if self._lease_name else None
        while not self._stopping:
            if lease is None:
                await self._turns(None)
            elif await self._held(lease):
                async with lease.kept(LEASE_SECONDS):
                    await self._turns(lease)
            else:
                self._wanted.clear()
                await self._pause(min(LEASE_SECONDS / 3, max(self.every, 1.0)))

    async def _turns(self, lease: Lease | None) -> None:
        while not self._stopping and (lease is None or await self._still(lease)):
            self._wanted.clear()
            if await self._once():
                await self._pause(0.0)
            elif self._longest is None or self._failures:
                await self._pause(self._after_failures())
            else:
                await self._rest(self._longest)

    async def _once(self) -> bool:
        self._run_since = began = time.monotonic()
        outcome = "failed"
        try:
            more = bool(await self._work())
            self._due_in = await self._ahead() if self._ahead and not more else None
            outcome, self._failures, self._error, self._last_run = "done", 0, "", time.time()
            metrics.LOOP_LAST_RUN.labels(self.name).set_to_current_time()
            return more
        except (Unavailable, DeadlinePassed) as away:
            self._note(away)
            log.warning("loop_waits", loop=self.name, reason=str(away))
        except Exception as error:
            self._note(error)
            log.exception("loop_failed", loop=self.name)
        finally:
            self._run_since = None
            metrics.LOOP_RUNS.labels(self.name, outcome).inc()
            metrics.LOOP_SECONDS.labels(self.name).observe(time.monotonic() - began)
        return False

    def _note(self, error: Exception) -> None:
        self._failures += 1
        self._error = redact_text(f"{type(error).__name__}: {error}")[:300]

    async def _rest(self, longest: float) -> None:
        """However often it is woken, two runs are `every` apart."""
        seconds = longest if self._due_in is None else min(longest, self._due_in)
        await asyncio.sleep(self.every)
        await self._pause(seconds - self.every)

    def _after_failures(self) -> float:
        if not self._failures:
            return self.every
        return max(self.every, min(LONGEST_PAUSE, max(self.every, 0.5) * 2.0 ** min(self._failures, 10)))

    async def _pause(self, seconds: float) -> None:
        """Until then, or a `wake`; at least one turn of the event loop."""
        if self._stopping:
            return
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wanted.wait()

    async def _held(self, lease: Lease) -> bool:
        with suppress(Unavailable, DeadlinePassed):
            self._renewed = time.monotonic()
            return await lease.acquire(LEASE_SECONDS) is not None
        return False

    async def _still(self, lease: Lease) -> bool:
        """Whether the lease is ours: asked anew where the last answer is older than a sixth of its time."""
        asked = time.monotonic()
        if asked - self._renewed < LEASE_SECONDS / 6:
            return True
        with suppress(Unavailable, DeadlinePassed):
            self._renewed = asked
            return await lease.renew(LEASE_SECONDS)
        return False
