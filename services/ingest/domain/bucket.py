"""A brand's rate at receipt: what exceeds it takes the overflow lane, so that a storm stays its own."""

from dataclasses import dataclass

LINGER_SECONDS = 30.0


@dataclass(slots=True)
class Bucket:
    """A token bucket, refilled continuously; `overflowing_until` keeps a stormy brand aside a while after."""

    tokens: float
    at: float
    overflowing_until: float = 0.0

    def take(self, now: float, *, burst: float, per_second: float) -> bool:
        """Whether one more change fits the brand's rate (main lane). `now` in seconds of a steady clock."""
        self.tokens = min(burst, self.tokens + (now - self.at) * per_second)
        self.at = now
        if self.tokens < 1:
            self.overflowing_until = now + LINGER_SECONDS
            return False
        self.tokens -= 1
        return now >= self.overflowing_until
