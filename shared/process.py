"""One service as one process: settings, logs, uvicorn, and an end that loses nothing."""

import asyncio
import faulthandler
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TYPE_CHECKING, TypeVar

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI

from shared.keys import KeysMissing
from shared.running import Running
from shared.settings import FloorSettings, SettingsError, load
from shared.telemetry import configure_logs, configure_traces

if TYPE_CHECKING:
    from shared.openapi import Assemble

S = TypeVar("S", bound=FloorSettings)
R = TypeVar("R")

WATCH_SECONDS = 1.0
# A batch makes thousands of dicts and keeps none: looking among them was half the CPU. Larger portions hold up pages.
COLLECTED = (25_000, 20, 100)
HTTP_SECONDS = 10  # for requests in hand when the end begins
CLOSING_SECONDS = 20.0  # after draining: closing what was opened
log = structlog.get_logger(__name__)


class CannotStart(Exception):
    """The process cannot begin; the message says what to change."""


def run(
    settings: type[S],
    open_resources: Callable[[S], AbstractAsyncContextManager[R]],
    create_app: Callable[[R], FastAPI],
    assemble: "Assemble[S, R]",
) -> None:
    """Serve until SIGTERM or Ctrl-C, drain for at most `drain_seconds`, and exit 0 (1 when broken).

    With the argument `--openapi` it says what it would serve instead; `assemble` is what `open_resources` puts on a
    floor before it asks an engine anything.
    """
    name = _service_name(settings)
    if "--openapi" in sys.argv[1:]:
        from shared.openapi import document

        sys.stdout.write(json.dumps(document(name, settings, assemble, create_app)))
        return
    try:
        given = load(settings)
        configure_logs(name, given.log_level, given.instance)
        traces = configure_traces(name, given.instance) if given.traced else None
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            code = runner.run(_serve(given, open_resources, create_app))
    except (SettingsError, KeysMissing, CannotStart) as error:
        sys.exit(f"{name} cannot start: {error}")
    if traces is not None:
        traces.shutdown()
    sys.exit(code)


async def _serve(
    settings: S,
    open_resources: Callable[[S], AbstractAsyncContextManager[R]],
    create_app: Callable[[R], FastAPI],
) -> int:
    listening = _listen(settings.host, settings.port)
    async with open_resources(settings) as resources:
        app = create_app(resources)
        server = Server(app, settings)
        _leave_in_peace()
        log.info("listening", host=settings.host, port=listening.getsockname()[1], pid=os.getpid())
        await server.serve(sockets=[listening])
    faulthandler.cancel_dump_traceback_later()
    log.info("ended", code=server.exit_code)
    return server.exit_code


class Server(uvicorn.Server):
    """uvicorn whose end begins with our own draining, and which watches whether the process is alive."""

    def __init__(self, app: FastAPI, settings: FloorSettings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="none",
                http="httptools",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
                timeout_graceful_shutdown=min(HTTP_SECONDS, max(1, int(settings.drain_seconds))),
            )
        )
        self.exit_code = 0
        self._settings = settings
        self._running: Running = app.state.running

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Until it is asked to end, or is broken."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.leave)
        watching = asyncio.create_task(self._watch())
        try:
            await super().serve(sockets)
        finally:
            watching.cancel()
        if not self.started:
            self.exit_code = 1

    def leave(self) -> None:
        """Begin the end: not ready, no new intake; requests in hand and consumers finish side by side."""
        if not self.should_exit:
            log.info("leaving")
            self.should_exit = True
            self._running.leave()
            # A thread's timer, should the end itself hang: it shows where, and ends the process with 1.
            faulthandler.dump_traceback_later(self._settings.drain_seconds + CLOSING_SECONDS, exit=True)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ours are on the event loop; uvicorn would raise them again at the end, and the exit would not be 0."""
        yield

    async def _watch(self) -> None:
        """Each second: put off the timer that ends a process whose event loop stands still; look for broken parts."""
        while not self.should_exit:
            faulthandler.dump_traceback_later(self._settings.stall_seconds, exit=True)
            if why := self._running.why_not_alive():
                log.critical("not_alive", why=why)
                self.exit_code = 1
                self.leave()
            await asyncio.sleep(min(WATCH_SECONDS, self._settings.stall_seconds / 3))


def _leave_in_peace() -> None:
    """What was made by now lives as long as the process: the garbage collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CannotStart(f"{host} port {port} ({error.strerror}); PARVIS_PORT chooses another") from None
    listening.setblocking(False)
    return listening


def _service_name(settings: type[FloorSettings]) -> str:
    """`services.<name>.settings`: the same anatomy everywhere."""
    parts = settings.__module__.split(".")
    return parts[-2] if len(parts) > 1 else parts[0]
