"""One engine's server process: begun, waited for, stopped and described by what its folder says."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from parvis.engines import pidfile, ports
from parvis.engines.engine import Engine, Place, Say, spawn, tail
from parvis.errors import CommandFailed

READY_WITHIN = 60.0
STOP_WITHIN = 30.0
BIND_ATTEMPTS = 3
PORT_LOST = ("Address already in use", "Failed to set up listener")


@dataclass(frozen=True, slots=True)
class Standing:
    """One engine as it is now; state is `running`, `stopped`, `crashed` or `external`; resident in bytes."""

    name: str
    state: str
    address: str = ""
    pid: int | None = None
    resident: int = 0
    log: Path | None = None


class Server:
    """The server of one engine in its folder."""

    def __init__(self, engine: Engine, folder: Path, fixed_port: int | None) -> None:
        self.engine = engine
        self.folder = folder
        self.fixed_port = fixed_port

    @property
    def place(self) -> Place:
        """Its folder and the ports it last had."""
        try:
            remembered = tuple(json.loads((self.folder / "ports.json").read_text()))
        except (FileNotFoundError, ValueError):
            remembered = self.engine.default_ports
        return Place(self.folder, remembered)

    @property
    def address(self) -> str:
        """What clients are given."""
        return self.engine.address(self.place)

    def begin(self, say: Say) -> None:
        """Start the process unless it runs; returns before it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        recorded = pidfile.read(self.place.pidfile)
        if recorded and recorded.alive:
            return
        if recorded:
            say(f"{self.engine.name}: the earlier run (pid {recorded.pid}) was never stopped; recovering it")
        place = self._choose_ports(say)
        pidfile.write(place.pidfile, spawn(self.engine.command(place, say), place))

    def finish(self, say: Say) -> None:
        """Wait until clients can work with what `begin` started, or with what ran already."""
        for attempt in range(1, BIND_ATTEMPTS + 1):
            death = self._wait()
            if death is None:
                return
            if attempt == BIND_ATTEMPTS or not any(sign in death for sign in PORT_LOST):
                raise CommandFailed(self._obituary(death))
            self.begin(say)

    def leave(self, say: Say) -> None:
        """Ask it to end; returns before it has."""
        recorded = pidfile.read(self.place.pidfile)
        if recorded and recorded.alive:
            say(f"stopping {self.engine.name} (pid {recorded.pid})")
            recorded.process.terminate()

    def end(self) -> None:
        """Wait until what was asked to end has, and end it when it has not after half a minute; data is kept."""
        recorded = pidfile.read(self.place.pidfile)
        if recorded and recorded.alive:
            process = recorded.process
            try:
                process.wait(STOP_WITHIN)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait(STOP_WITHIN)
        self.place.pidfile.unlink(missing_ok=True)

    def standing(self) -> Standing:
        """How it is now."""
        place, recorded = self.place, pidfile.read(self.place.pidfile)
        if recorded is None:
            return Standing(self.engine.name, "stopped")
        if not recorded.alive:
            return Standing(self.engine.name, "crashed", log=place.log)
        resident = recorded.process.memory_info().rss
        return Standing(self.engine.name, "running", self.address, recorded.pid, resident, place.log)

    def _choose_ports(self, say: Say) -> Place:
        chosen: list[int] = []
        for index, wanted in enumerate(self.place.ports):
            fixed = self.fixed_port if index == 0 else None
            taken = frozenset(chosen)
            chosen.append(ports.choose(fixed or wanted, fixed=fixed is not None, taken=taken))
        if self.fixed_port is None and tuple(chosen) != self.place.ports:
            say(f"{self.engine.name}: port {chosen[0]}, since {self.place.ports[0]} is not to be had")
        place = Place(self.folder, tuple(chosen))
        (self.folder / "ports.json").write_text(json.dumps(chosen))
        return place

    def _wait(self) -> str | None:
        """None once it is ready; the end of its log when it died or never came to be ready."""
        place, deadline = self.place, time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if self.engine.ready(place):
                return None
            recorded = pidfile.read(place.pidfile)
            if recorded is None or not recorded.alive:
                place.pidfile.unlink(missing_ok=True)
                return tail(place.log)
            time.sleep(0.1)
        return f"not ready within {READY_WITHIN:.0f} s\n{tail(place.log)}"

    def _obituary(self, death: str) -> str:
        known = self.engine.explain(death)
        if known:
            return f"{self.engine.name} did not start: {known}"
        return f"{self.engine.name} did not start. The end of {self.place.log}:\n{death}"
