"""`parvis demo`: all of Parvis on this machine."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from parvis.demo.folder import Folder, reset
from parvis.demo.letters import Letterbox
from parvis.demo.neighbours import neighbours_running
from parvis.demo.running import Run, Wishes
from parvis.demo.steps import Steps
from parvis.demo.terminal import own_terminal
from parvis.engines import ports
from parvis.engines.local import Addresses, LocalEngines, stop
from parvis.errors import CommandFailed
from parvis.settings import ToolSettings
from shared.settings import load


def demo(
    reset_first: Annotated[
        bool, typer.Option("--reset", help="Start afresh: data of earlier runs is deleted.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Play the story to its end, print what came of it, stop.")
    ] = False,
    peers: Annotated[bool, typer.Option("--peers", help="With a real WordPress and Bluesky (root on Debian).")] = False,
    seed: Annotated[int, typer.Option(help="The same seed says the same things.")] = 1,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The console's port; left out: 8080 or the next free one.")
    ] = None,
) -> None:
    """Run all of Parvis here: an agency with twelve brands on simulated networks, whose people talk."""
    settings = load(ToolSettings)
    folder, engines = Folder(settings.home.resolve() / "demo"), LocalEngines(settings)
    steps = Steps(Console())
    wishes = Wishes(once=once, seed=seed, port=port)
    if port is not None:
        ports.choose(port, fixed=True)  # fails now, and not when all else has started
    with own_terminal(), folder.alone(), _interruptible():
        missing = None
        try:
            if reset_first:
                with steps.step("emptying"):
                    reset(folder, engines)
            with neighbours_running(peers, steps) as neighbours, _engines_running(engines, steps) as addresses:
                run = Run(wishes, folder, engines, addresses, steps, Letterbox.choose(), neighbours)
                missing = asyncio.run(run.to_its_end())
        except KeyboardInterrupt:
            steps.say("stopped")
        if once and missing is None:
            raise CommandFailed("stopped before the story's end: nothing of it was checked")
        if missing:
            raise CommandFailed("the story is not complete:\n" + "\n".join(f"- {what}" for what in missing))


@contextmanager
def _engines_running(engines: LocalEngines, steps: Steps) -> Iterator[Addresses]:
    """Those that ran before go on afterwards; those started here are stopped."""
    ours = [server for server in engines.servers if server.standing().state != "running"]
    try:
        with steps.step("starting the engines"):
            addresses = engines.start(steps.say)
        yield addresses
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if ours:
            with steps.step("stopping the engines"):
                stop(ours)
        if len(ours) < len(engines.servers):
            steps.say("engines that ran before go on running: `parvis engines stop`")


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends it as Ctrl-C does, wherever it is."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
