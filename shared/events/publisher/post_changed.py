"""A post's text or renditions changed."""

from shared.events.publisher.parts import POST_EXAMPLE, PostFact


class PostChanged(PostFact):
    """A person changed a post; an approval given before is void."""

    EXAMPLE = POST_EXAMPLE | {"seq": 2}
