"""A post will not go out."""

from shared.events.publisher.parts import POST_EXAMPLE, PostFact


class PostCancelled(PostFact):
    """A person took the post back before it left."""

    EXAMPLE = POST_EXAMPLE | {"seq": 5, "state": "cancelled", "why": "wrong picture"}
