"""A person decided a case."""

from shared.events.moderation.parts import CASE_EXAMPLE, CaseFact


class CaseDecided(CaseFact):
    """A person's decision on one revision, stated after its undo window.

    `decision` is allow, hide or delete; `wish` what the network should show (show, hide, delete, keep).
    """

    EXAMPLE = CASE_EXAMPLE | {
        "decision": "hide",
        "wish": "hide",
        "person": "ines",
        "reason": "insult",
        "seq": 3,
    }

    decision: str
    wish: str
    person: str
    reason: str = ""
