"""Token buckets: how often one channel may call out."""

from collections.abc import Callable


class Budget:
    """At most `burst` at once, `per_second` on average. `clock` gives monotonic seconds."""

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float]) -> None:
        self._rate = per_second
        self._burst = burst
        self._clock = clock
        self._level = burst
        self._at = clock()

    def take(self) -> float:
        """0 when the call may leave now (and one token is gone), else the seconds until the next token."""
        now = self._clock()
        self._level = min(self._burst, self._level + (now - self._at) * self._rate)
        self._at = now
        if self._level < 1:
            return (1 - self._level) / self._rate
        self._level -= 1
        return 0.0
