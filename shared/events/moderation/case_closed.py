"""A case needs nobody any more."""

from shared.events.moderation.parts import CASE_EXAMPLE, CaseFact


class CaseClosed(CaseFact):
    """A case that waited ended without a decision (`why`): its text was edited and passes now, or is gone."""

    EXAMPLE = CASE_EXAMPLE | {"revision": 2, "seq": 2, "why": "edited"}

    why: str = ""
