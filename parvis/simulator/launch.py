"""The simulator in a process of its own, for tests, benchmarks and the demo."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from parvis.simulator.remote import Simulator

START_LIMIT = 20.0


@asynccontextmanager
async def running(data: Path | None = None, port: int = 0, seed: int = 1) -> AsyncIterator[Simulator]:
    """A simulator that answers; it is stopped in the end. `simulator.process` may be killed meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        arguments = ["--port", str(port), "--seed", str(seed), "--port-file", str(port_file)]
        arguments += ["--data", str(data)] if data else []
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "parvis.simulator", *arguments)
        try:
            async with asyncio.timeout(START_LIMIT):
                chosen = await _read(port_file, process)
            async with Simulator.at(f"http://127.0.0.1:{chosen}", process) as simulator:
                await simulator.ready()
                yield simulator
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _read(port_file: Path, process: asyncio.subprocess.Process) -> int:
    while True:
        if process.returncode is not None:
            raise RuntimeError(f"the simulator ended with {process.returncode}")
        if port := noted(port_file):
            return port
        await asyncio.sleep(0.05)


def noted(port_file: Path) -> int:
    """The port that the simulator wrote; 0 as long as it has not."""
    return int(port_file.read_text() or 0) if port_file.exists() else 0
