"""Something happened in this process: whoever listens is called at once."""

from collections.abc import Callable


class Bell:
    """One kind of happening; what it was is not told."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Be called each time."""
        self._listeners.append(listener)

    def ring(self) -> None:
        """It has happened."""
        for listener in self._listeners:
            listener()
