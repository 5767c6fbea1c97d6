"""Whether a consumer is alive and ready, judged by progress; a stall with a known reason is no reason to be killed."""

from collections.abc import Collection
from dataclasses import dataclass

from shared.bus.engines import FAULT

STALLED = 60.0  # seconds with lag and no advance
UNASSIGNED = 90.0  # seconds without an assignment


@dataclass(frozen=True, slots=True)
class Health:
    """`reason` says what is not as it should be, else it is empty."""

    alive: bool
    ready: bool
    reason: str = ""


def judge(*, unassigned: float | None, away: str, braked: Collection[str], lag: int, stalled: float) -> Health:
    """From seconds without an assignment (None: there is one), what is away or braked, and seconds without advance."""
    if braked:
        return Health(alive=True, ready=False, reason=f"braked: {', '.join(sorted(braked))}")
    if away:
        known = not away.startswith(FAULT) or stalled < STALLED
        return Health(alive=known, ready=False, reason=f"{away} is away" if known else away)
    if unassigned is not None:
        return Health(alive=unassigned < UNASSIGNED, ready=False, reason="no assignment")
    if lag and stalled >= STALLED:
        return Health(alive=False, ready=False, reason=f"no advance for {stalled:.0f} s, {lag} behind")
    return Health(alive=True, ready=True)
