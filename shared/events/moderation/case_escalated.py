"""A case needs someone with more say."""

from shared.events.moderation.parts import CASE_EXAMPLE, CaseFact


class CaseEscalated(CaseFact):
    """A moderator handed the case up (`to`: duty lead, client, legal), with a reason."""

    EXAMPLE = CASE_EXAMPLE | {"to": "duty lead", "person": "ines", "why": "threat to staff", "seq": 2}

    to: str
    person: str
    why: str = ""
