"""A network refused an action."""

from shared.events.publisher.parts import ACTION_EXAMPLE, ActionFact


class ActionFailed(ActionFact):
    """A definitive refusal, or a network that cannot do it; `code` is the network's own."""

    EXAMPLE = ACTION_EXAMPLE | {"why": "no permission", "code": "403"}

    code: str = ""
    text: str = ""
