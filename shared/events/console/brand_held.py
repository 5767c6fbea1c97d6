"""Nothing leaves any more."""

from shared.events.console.parts import HOLD_EXAMPLE, HoldFact


class BrandHeld(HoldFact):
    """A person stopped what a brand says: posts, replies, spend; where they chose so, moderation too."""

    EXAMPLE = HOLD_EXAMPLE
