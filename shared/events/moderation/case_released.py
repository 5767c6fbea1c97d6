"""A case is free again."""

from shared.events.moderation.parts import CASE_EXAMPLE, CaseFact


class CaseReleased(CaseFact):
    """The claim ended without a decision: given back, run out, or voided by a new revision (`why`)."""

    EXAMPLE = CASE_EXAMPLE | {"why": "given back", "person": "ines"}

    why: str = ""
    person: str = ""
