"""A service holds nothing of a brand any more."""

from shared.events.console.tenant import ANSWERED, Answered


class DataErased(Answered):
    """A service has erased what it held of a brand."""

    EXAMPLE = ANSWERED
