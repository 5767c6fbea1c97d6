"""One run of the demo, from engines that are up to everything stopped."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass

import httpx

from parvis.demo import live, report, seed, story
from parvis.demo.folder import Folder
from parvis.demo.letters import Letterbox
from parvis.demo.neighbours import Neighbours
from parvis.demo.people import passwords
from parvis.demo.steps import Steps
from parvis.engines.local import Addresses, LocalEngines
from parvis.errors import CommandFailed
from parvis.platform import Platform, running
from parvis.supervisor import until_told_to_stop

# What tells nothing by itself is asked often enough for a conversation to look alive.
ENVIRONMENT: Mapping[str, Mapping[str, str]] = {
    "ingest": {"INGEST_MASTODON_POLL_SECONDS": "4", "INGEST_X_POLL_SECONDS": "6"}
}

READY_WITHIN = 180.0  # seconds; a dozen on an idle machine, far more on one that has other things to do


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command was asked."""

    once: bool = False
    seed: int = 1
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """`neighbours` are the real networks, where they were asked for."""

    wishes: Wishes
    folder: Folder
    engines: LocalEngines
    addresses: Addresses
    steps: Steps
    letterbox: Letterbox
    neighbours: Neighbours | None = None

    async def to_its_end(self) -> list[str] | None:
        """What is missing of the story (none: nothing); None where it was stopped, or there was no story."""
        acts = asyncio.create_task(self._act())
        told = asyncio.create_task(until_told_to_stop())
        await asyncio.wait((acts, told), return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        acts.cancel()
        with suppress(asyncio.CancelledError):
            return await acts
        return None

    async def _act(self) -> list[str] | None:
        stack = AsyncExitStack()
        try:
            with self.steps.step("starting the services"):
                platform = await stack.enter_async_context(self._platform())
            return await self._upon(platform)
        except httpx.HTTPError as trouble:
            raise CommandFailed(
                f"the services cannot go on: {trouble}\nTheir logs: {self.folder.path}/logs"
            ) from trouble
        finally:
            with self.steps.step("stopping, drained and in order"):
                await stack.aclose()

    def _platform(self) -> AbstractAsyncContextManager[Platform]:
        return running(
            self.addresses,
            self.folder.path,
            env={**ENVIRONMENT, "console": self.letterbox.environment},
            beside=[self.letterbox.program],
            seed=self.wishes.seed,
            allow=self.neighbours.addresses if self.neighbours else (),
            console_port=self.wishes.port,
            within=READY_WITHIN,
        )

    async def _upon(self, platform: Platform) -> list[str] | None:
        steps, wishes, given = self.steps, self.wishes, passwords(self.folder.login)
        with steps.step("opening the agency"):
            houses = await seed.settle_in(platform, given)
            if self.neighbours:
                await self.neighbours.connect(platform, houses)
        self.folder.announce(platform.urls["console"])
        if wishes.once:
            outcome = await story.play(platform, houses, steps, wishes.seed, self.neighbours)
            report.keep(outcome, self.folder.summary)
            steps.screen.print(report.table(outcome))
            return list(outcome.missing)
        steps.screen.print(live.welcome(platform, given, self.folder.login, self.letterbox.url, steps.seconds))
        await live.Life(platform, houses, self.engines, steps, wishes.seed, self.neighbours).go_on()
        return None
