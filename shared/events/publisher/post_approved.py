"""A post may go out."""

from shared.events.publisher.parts import POST_EXAMPLE, PostFact


class PostApproved(PostFact):
    """A person other than the author (where the brand asks for it) approved exactly this version."""

    EXAMPLE = POST_EXAMPLE | {"seq": 3, "state": "approved", "approved_by": "tom", "person": "tom"}
