"""Which items of the inbox someone wants to see: a queue, and what they left on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

TO_ANSWER, LATE, MINE, HELD, HIDDEN, DONE, EARLIER, ALL = (
    "to_answer",
    "late",
    "mine",
    "held",
    "hidden",
    "done",
    "earlier",
    "all",
)
QUEUES = (TO_ANSWER, LATE, MINE, HELD, HIDDEN, DONE, EARLIER, ALL)
STATES_SHOWN = ("to_answer", "held", "hidden", "done", "earlier", "deleted", "brand")


@dataclass(frozen=True, slots=True)
class Filters:
    """A view of the inbox that its address carries; everything empty is the default view."""

    queue: str = TO_ANSWER
    network: str = ""
    language: str = ""
    query: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> Self:
        """From an address; what it does not know it leaves out."""
        queue = params.get("queue", TO_ANSWER)
        return cls(
            queue=queue if queue in QUEUES else TO_ANSWER,
            network=params.get("network", "")[:40],
            language=params.get("language", "")[:12],
            query=params.get("q", "").strip()[:120],
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything but the queue hides items."""
        return bool(self.network or self.language or self.query)

    def but(self, **changes: str) -> "Filters":
        """The same view with something else."""
        return replace(self, **changes)

    def address(self) -> str:
        """The query string of this view, with its question mark; empty for the default one."""
        named = {"queue": self.queue, "network": self.network, "language": self.language, "q": self.query}
        usual = ("queue", TO_ANSWER)
        said = {name: value for name, value in named.items() if value and (name, value) != usual}
        return f"?{urlencode(said)}" if said else ""
