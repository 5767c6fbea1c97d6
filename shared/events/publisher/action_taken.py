"""A network did what was asked."""

from shared.events.publisher.parts import ACTION_EXAMPLE, ActionFact


class ActionTaken(ActionFact):
    """The action is done; `result` is done, already or gone. A reply carries its text and its id on the network."""

    EXAMPLE = ACTION_EXAMPLE | {"result": "done"}

    result: str
    text: str = ""
    remote_id: str = ""
    url: str = ""
