"""What the `parvis` command reports to a person without a traceback."""


class CommandFailed(Exception):
    """A failure that a person can act on; the message says what happened and what to do about it."""
