"""Far more anger than usual."""

from shared.events.insights.parts import CRISIS_EXAMPLE, CrisisFact


class CrisisSuspected(CrisisFact):
    """A brand hears far more anger than at this hour of the week is usual, from several people."""

    EXAMPLE = CRISIS_EXAMPLE
