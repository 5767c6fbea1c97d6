"""A record of one detached process that tells it apart from any later process with the same pid."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A process as it was written down: its pid and what identifies its birth."""

    pid: int
    birth: str

    @property
    def alive(self) -> bool:
        """Whether that very process still runs (a zombie, or another one with its pid, does not count)."""
        return birth_of(self.pid) == self.birth

    @property
    def process(self) -> psutil.Process:
        """The live process; ask `alive` first."""
        return psutil.Process(self.pid)


def birth_of(pid: int) -> str | None:
    """What identifies the start of a running process, or None when there is none.

    On Linux boot id and start tick: unlike a time of day these do not move when the clock is set.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        if not BOOT_ID.exists():
            return f"{process.create_time():.0f}"
        start_tick = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        return f"{BOOT_ID.read_text().strip()}:{start_tick}"
    except (psutil.Error, OSError):
        return None


def write(path: Path, pid: int) -> None:
    """Write down a process that was just started."""
    path.write_text(json.dumps(asdict(Recorded(pid, birth_of(pid) or "never ran"))))


def read(path: Path) -> Recorded | None:
    """The process last written down; None when there is none or the file was cut short by a crash."""
    try:
        return Recorded(**json.loads(path.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
