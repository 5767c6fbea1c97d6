"""A decision was taken back after it had left."""

from shared.events.moderation.parts import CASE_EXAMPLE, CaseFact


class DecisionReversed(CaseFact):
    """A person reversed an earlier decision after its undo window; `wish` is the counter-action."""

    EXAMPLE = CASE_EXAMPLE | {"wish": "show", "person": "ines", "reason": "misread", "seq": 5}

    wish: str
    person: str
    reason: str = ""
