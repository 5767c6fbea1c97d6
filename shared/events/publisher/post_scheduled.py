"""A post has a time."""

from shared.events.publisher.parts import POST_EXAMPLE, PostFact


class PostScheduled(PostFact):
    """A post will leave at `due_at`."""

    EXAMPLE = POST_EXAMPLE | {"seq": 4, "state": "scheduled", "due_at": "2026-11-24T18:30:00Z"}
