"""May a brand's ads spend now? One rule, asked before a campaign starts and again before its ads are switched on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """What stands in the way of a brand's ads. A crisis that is still `learning` what is usual stops nothing."""

    held: bool = False
    crisis: bool = False
    learning: bool = False


def may_spend(gate: Gate) -> str:
    """Empty where they may, else the cause (`held`, `crisis`)."""
    if gate.held:
        return "held"
    return "crisis" if gate.crisis and not gate.learning else ""
