"""A moderator took a case."""

from shared.events.event import Moment
from shared.events.moderation.parts import CASE_EXAMPLE, CaseFact


class CaseClaimed(CaseFact):
    """A person holds the case until `until` (the database's clock); nobody else can decide it meanwhile."""

    EXAMPLE = CASE_EXAMPLE | {"person": "ines", "until": "2026-11-25T09:15:00Z"}

    person: str
    until: Moment
