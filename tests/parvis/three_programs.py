"""Supervises three tiny programs until told to stop: `python -m tests.parvis.three_programs <home>`."""

import asyncio
import sys
from pathlib import Path

from parvis.program import Program
from parvis.supervisor import Supervisor, until_told_to_stop

# Ends properly on SIGTERM once it says that it is ready, and says when: the files' times give the order of ends.
# It hears of the first only, as services do: where the supervisor is killed there may be one for each of its threads.
POLITE = """
import signal, sys, time
from pathlib import Path
ended = Path(sys.argv[1])
try:
    told = []
    signal.signal(signal.SIGTERM, lambda *_: told or told.append(1) or sys.exit(0))
    ended.with_suffix(".ready").touch()
    while True: time.sleep(0.05)
finally:
    ended.write_text(str(time.monotonic()))
"""
# Starts a process of its own, which must not outlive it.
PARENT = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import time; time.sleep(600)", sys.argv[1]])
"""


async def main(home: Path) -> None:
    """The three run until a signal comes."""
    programs = [
        Program(name, (sys.executable, "-c", code, str(home / f"{name}.ended")), {"PARVIS_INSTANCE": "0"})
        for name, code in (("first", POLITE), ("second", POLITE), ("parent", PARENT))
    ]
    stop = asyncio.create_task(until_told_to_stop())
    async with Supervisor(programs, home):
        await stop


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
