"""Why a peer is not there, in words for the person who asked for it."""

from parvis.errors import CommandFailed


class PeerUnavailable(CommandFailed):
    """The peer cannot be installed or started here; the message says what is missing and what to do."""
