"""What is going on, told as it happens: a line that turns while it lasts, a tick with its time when it is done."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

Tell = Callable[[str], None]


class Steps:
    """Shown on a terminal; in a log only what is done."""

    def __init__(self, screen: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self.screen = screen
        self._clock = clock
        self._began = clock()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return self._clock() - self._began

    @contextmanager
    def step(self, what: str) -> Iterator[Tell]:
        """Inside, the yielded function tells how far it is; the last word stays in the finished line."""
        began, last = self._clock(), ""
        with self.screen.status(what) as status:

            def tell(how_far: str) -> None:
                nonlocal last
                last = how_far
                status.update(f"{what}: {how_far}")

            try:
                yield tell
            except BaseException:
                self.screen.print(Text.assemble(("✗ ", "red"), what))
                raise
        line = Text.assemble(("✓ ", "green"), f"{what}: {last}" if last else what)
        line.append(f"  {self._clock() - began:.1f} s", style="dim")
        self.screen.print(line)

    def say(self, sentence: str) -> None:
        """Something worth knowing."""
        self.screen.print(Text(f"  {sentence}", style="dim"))
