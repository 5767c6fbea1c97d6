"""Starts, stops and describes the local engines; any number of commands may do so at the same time."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from parvis.engines.engine import Engine, Say
from parvis.engines.kafka import Kafka
from parvis.engines.lock import only_one
from parvis.engines.mongo import Mongo
from parvis.engines.server import Server, Standing
from parvis.errors import CommandFailed
from parvis.settings import ToolSettings

DISK_NEEDED = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a client of the engines needs: `kafka` bootstrap servers, `mongo` URI."""

    kafka: str
    mongo: str


def quiet(_: str) -> None:
    """Says nothing of the progress."""


def stop(servers: Sequence[Server], say: Say = quiet) -> None:
    """Ask all to end, then wait for each."""
    for server in servers:
        server.leave(say)
    for server in servers:
        server.end()


class LocalEngines:
    """The engines of one home folder; one that the settings give the address of is never touched."""

    def __init__(self, settings: ToolSettings) -> None:
        self.home = settings.engines_home
        self.external = {"kafka": settings.kafka, "mongo": settings.mongo}
        fixed = {"kafka": settings.kafka_port, "mongo": settings.mongo_port}
        engines: tuple[Engine, ...] = (Kafka(settings.cache.expanduser() / "jars"), Mongo())
        self.servers = tuple(
            Server(engine, self.home / engine.name, fixed[engine.name])
            for engine in engines
            if not self.external[engine.name]
        )

    def start(self, say: Say = quiet) -> Addresses:
        """Start what does not run yet, all at once, and wait until clients can work with it."""
        if self.servers:
            with only_one(self.home / "lock", say):
                self._check_disk()
                for server in self.servers:
                    server.begin(say)
                for server in self.servers:
                    server.finish(say)
        return self.addresses()

    def stop(self, say: Say = quiet) -> None:
        """Stop what runs, by pid file; data is kept."""
        if self.home.exists():
            with only_one(self.home / "lock", say):
                stop(self.servers, say)

    def addresses(self) -> Addresses:
        """Where the engines are, or last were."""
        local = {server.engine.name: server.address for server in self.servers}
        return Addresses(**{name: at or local[name] for name, at in self.external.items()})

    def address(self, name: str) -> str:
        """Where one of them runs. Raises `CommandFailed` where it does not: who has taken its port is a stranger."""
        for engine in self.standings():
            if engine.name == name and engine.state in ("running", "external"):
                return engine.address
        raise CommandFailed(
            f"no {name} runs here ({self.home}): `parvis engines start`, or PARVIS_{name.upper()} says where one is"
        )

    def standings(self) -> list[Standing]:
        """Each engine as it is now."""
        away = [Standing(name, "external", at) for name, at in self.external.items() if at]
        return away + [server.standing() for server in self.servers]

    def _check_disk(self) -> None:
        free = shutil.disk_usage(self.home).free
        if free < DISK_NEEDED:
            raise CommandFailed(f"the disk is full: {free >> 20} MB left under {self.home}, 500 MB needed")
