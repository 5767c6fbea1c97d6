"""A post's text or renditions changed."""

from shared.events.publisher.parts import POST_EXAMPLE, PostFact


class PostChanged(PostFact):
    """A person changed a post's text, which voids an approval given before, or the time it is planned for."""

    EXAMPLE = POST_EXAMPLE | {"seq": 2}
