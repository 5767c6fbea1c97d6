"""Which saved answers fit what was said: moderation names a kind, the console knows words for it."""

ANSWERS = {
    "complaint": ("complaint", "private"),
    "urgent": ("urgent", "private"),
    "question": ("question", "private"),
    "thanks": ("thanks",),
}


def fitting(kind: str) -> tuple[str, ...]:
    """The answers to offer, the best first; none for a kind that we have no words for."""
    return ANSWERS.get(kind, ())
