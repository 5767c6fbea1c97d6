"""What is kept of one person is to be erased everywhere."""

from pydantic import Field

from shared.events.console.tenant import ASKED, Asked


class PersonErasureAsked(Asked):
    """What was said at a brand by one person (`author.id` of interactions) up to `at`, and what is known of them, is to
    be erased by every service.

    `interactions` are those that console knows. What it learns of only later it asks for again, with the next `part`;
    each service answers the first (0).
    """

    EXAMPLE = ASKED | {
        "why": "they asked for it",
        "person_id": "0b8f0b0e-52a3-5d6c-9a43-0c6d5f2f7a10",
        "interactions": ["7f0c1a52-5d0f-5b0e-8b59-0d7c9a3a1c11"],
    }

    person_id: str
    interactions: list[str] = Field(default_factory=list)
    part: int = 0

    def identity(self) -> tuple[str | int, ...]:
        """Each part once."""
        return (self.part,)
