"""The errors that steer the pipeline, and those that a store answers with."""

from typing import Any


class ParvisError(Exception):
    """Root of every error that Parvis raises on purpose."""


class Retry(ParvisError):
    """The message cannot be handled yet: park it at once, and try again after `after` seconds."""

    def __init__(self, after: float, reason: str) -> None:
        super().__init__(f"again in {after:g} s: {reason}")
        self.after = after
        self.reason = reason


class Reject(ParvisError):
    """The message can never be handled: it is dead at once."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unavailable(ParvisError):
    """An engine (`what`: "kafka", "mongo") does not answer a probe: pause; the message is not to blame."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} does not answer")
        self.what = what


class DeadlinePassed(ParvisError):
    """The time for this work is over while the engine still answers: the work's own failure."""

    def __init__(self, what: str) -> None:
        super().__init__(f"out of time: {what}")
        self.what = what


class UnknownOwner(ParvisError):
    """Nobody knows this brand, agency or channel (yet): parked, retried every 5 s for 60 s, then dead."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"unknown {kind} {name}")
        self.kind = kind
        self.name = name


class Duplicate(ParvisError):
    """A document with this key is there already. Inside a transaction it has ended the transaction."""


class BrandMissing(ParvisError):
    """A query or document of a brand's collection does not name its brand."""


class Conflict(ParvisError):
    """The command was based on an older state; `current` is the state as it is now (409)."""

    def __init__(self, current: dict[str, Any] | None = None, reason: str = "changed meanwhile") -> None:
        super().__init__(reason)
        self.current = current
        self.reason = reason


class NotFound(ParvisError):
    """There is no such thing, or not for this person (404)."""


class Forbidden(ParvisError):
    """The person is known and may not do this (403)."""


class LeaseLost(ParvisError):
    """Another process holds the lease now: what this holder wanted to write is refused."""


class StatementFailed(ParvisError):
    """The database answered, and refused the statement: a mistake in it, or endless write conflicts."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


class EgressRefused(ParvisError):
    """The guard does not let this outward call leave. Nothing was sent."""


class NotSent(ParvisError):
    """Proved that no byte left: name, connection, TLS, or our own rate budget (free again in `after` seconds)."""

    def __init__(self, reason: str, after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class OutcomeUnknown(ParvisError):
    """An outward call may have been carried out: time or the connection ended after its first byte."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MigrationChanged(ParvisError):
    """A migration has another source than the one that was applied."""
