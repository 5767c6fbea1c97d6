"""A service without its first guarantee: `python -m tests.chaos.careless services.moderation.app`.

Offsets count as finished when a message is fetched, so that a kill loses what was fetched and not handled yet.
"""

import runpy
import sys

from shared.bus.message import Message
from shared.bus.offsets import Offsets

begin_with_care = Offsets.begin


def begin(self: Offsets, message: Message) -> None:
    """Commit before handling."""
    begin_with_care(self, message)
    self.finish(message)


if __name__ == "__main__":
    Offsets.begin = begin  # type: ignore[method-assign]
    runpy.run_module(sys.argv[1], run_name="__main__")
