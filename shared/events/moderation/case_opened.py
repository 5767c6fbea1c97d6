"""A person must see an interaction."""

from shared.events.moderation.parts import CASE_EXAMPLE, CaseFact


class CaseOpened(CaseFact):
    """An interaction waits for a person.

    `severity` is 1 to 3; `hidden` says that it is kept from the public meanwhile; `suggested` is the decision the
    rule leans to (never preselected); `evidence_id` names what was kept.
    """

    EXAMPLE = CASE_EXAMPLE | {"severity": 2, "rule": "insult", "why": "insult 0.93", "hidden": True}

    severity: int = 1
    rule: str
    why: str
    hidden: bool = False
    suggested: str = ""
    evidence_id: str = ""
    backfill: bool = False
