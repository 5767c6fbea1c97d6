"""A brand's data is to be erased everywhere."""

from shared.events.console.tenant import ASKED, Asked


class ErasureAsked(Asked):
    """A brand's data is to be erased by every service; nothing of it is taken in any more."""

    EXAMPLE = ASKED
