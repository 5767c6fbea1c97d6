"""The anger has gone."""

from shared.events.insights.parts import CRISIS_EXAMPLE, CrisisFact


class CrisisEased(CrisisFact):
    """A suspected crisis has been below half of its threshold for a while; `since` is when it was suspected."""

    EXAMPLE = CRISIS_EXAMPLE | {"seq": 2, "negative": 3, "said": 20, "authors": 3, "at": "2026-11-25T13:05:00Z"}
