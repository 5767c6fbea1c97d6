"""A service has put a brand's data ready."""

from shared.events.console.tenant import ANSWERED, Answered


class DataExported(Answered):
    """A service has written down what it holds of a brand, secrets left out."""

    EXAMPLE = ANSWERED
