"""Nobody knows yet whether an action was done."""

from shared.events.publisher.parts import ACTION_EXAMPLE, ActionFact


class ActionUnsettled(ActionFact):
    """The outcome is unknown; `stranded` says that looks ended and a person must say."""

    EXAMPLE = ACTION_EXAMPLE | {"why": "timeout", "stranded": False}

    stranded: bool = False
    text: str = ""
