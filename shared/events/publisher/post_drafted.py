"""A post was begun."""

from shared.events.publisher.parts import POST_EXAMPLE, PostFact


class PostDrafted(PostFact):
    """A person began a post."""

    EXAMPLE = POST_EXAMPLE
