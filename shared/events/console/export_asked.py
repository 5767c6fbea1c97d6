"""A brand's data is to be handed out."""

from shared.events.console.tenant import ASKED, Asked


class ExportAsked(Asked):
    """A brand's data is to be handed out by every service."""

    EXAMPLE = ASKED
