"""Something may leave again."""

from shared.events.console.parts import HOLD_EXAMPLE, HoldFact


class BrandReleased(HoldFact):
    """A person released steps of a hold; what no other hold shuts leaves again, unless it is too late by now."""

    EXAMPLE = {
        **HOLD_EXAMPLE,
        "holds": [],
        "steps": ["spend"],
        "why": "the carrier found them",
        "seq": 4,
        "at": "2026-11-25T11:40:00Z",
    }
