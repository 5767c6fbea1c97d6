"""A mongod of a test's own, to be killed or made to fail without harm to others."""

import asyncio
import signal
import subprocess
from pathlib import Path
from typing import Any

import pymongo

from parvis.engines.mongo import binary
from shared.mongo import replica_set
from tests import seats

HOST = "127.0.0.1"


class PrivateServer:
    """One mongod in its own directory and on its own port, a replica set of one."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._port = seats.port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        """Where it answers."""
        return replica_set.uri(f"{HOST}:{self._port}")

    async def start(self) -> None:
        """Start it where it does not run, and wait until it is primary."""
        if self._process is not None:
            return
        options = ["--port", str(self._port), "--bind_ip", HOST, "--dbpath", str(self._home), "--nounixsocket"]
        options += ["--replSet", replica_set.NAME, "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64"]
        options += ["--setParameter", "enableTestCommands=1", "--logpath", str(self._home / "log"), "--quiet"]
        self._process = subprocess.Popen([str(binary()), *options], stdout=subprocess.DEVNULL)
        while not await asyncio.to_thread(replica_set.primary_at, f"{HOST}:{self._port}"):
            assert self._process.poll() is None, (self._home / "log").read_text()[-2000:]
            await asyncio.sleep(0.1)

    def signal(self, number: int) -> None:
        """Freeze it (SIGSTOP) or let it go on (SIGCONT)."""
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let connections hang, as a stuck disk would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on where it was frozen, if it was."""
        self.signal(signal.SIGCONT)

    def fail(self, commands: list[str], *, times: int, **how: Any) -> None:
        """Make the next `times` of these commands fail: `errorCode`, `errorLabels`, `closeConnection`."""
        client: pymongo.MongoClient[dict[str, Any]]
        with pymongo.MongoClient(self.uri) as client:
            fault = {"failCommands": commands, **how}
            client.admin.command({"configureFailPoint": "failCommand", "mode": {"times": times}, "data": fault})
