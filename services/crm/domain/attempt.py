"""What an attempt to deliver a webhook came to, and when the next one is due (Standard Webhooks 1.0.0)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

MINUTE, HOUR = 60.0, 3600.0
# Seconds before each attempt; the last is made 75 h 35 min 5 s after the first.
RETRIES = (0, 5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
LONGEST_WAIT = 24 * HOUR  # that a receiver may ask for
JITTER = 0.1
THROTTLING = frozenset({429, 502, 503, 504})

Kind = Literal["delivered", "gone", "throttled", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is 0 where no answer came; `after` what the receiver asked to wait, in seconds."""

    kind: Kind
    status: int = 0
    why: str = ""
    after: float = 0.0


def outcome_of(status: int, headers: Mapping[str, str], now: datetime) -> Outcome:
    """Only 2xx is success; 410 shuts the endpoint; 429 and a gateway's trouble slow all of its queue down."""
    if 200 <= status < 300:
        return Outcome("delivered", status)
    if status == 410:
        return Outcome("gone", status, "the receiver answered 410: it wants no more")
    after = asked_to_wait(headers.get("retry-after", ""), now) if status in THROTTLING else 0.0
    kind: Kind = "throttled" if status in THROTTLING else "failed"
    return Outcome(kind, status, f"the receiver answered {status}", after)


def asked_to_wait(given: str, now: datetime) -> float:
    """`Retry-After`, seconds or a date, as seconds from now: at most a day, 0 where it is neither."""
    if re.fullmatch(r"\d{1,9}", given.strip()):
        return min(float(given), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return 0.0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, min((aware - now).total_seconds(), LONGEST_WAIT))


def next_after(made: int, retries: Sequence[float], outcome: Outcome, spread: float) -> float | None:
    """Seconds until the next attempt when `made` were made, None after the last; `spread` (0 to 1) keeps many apart."""
    if made >= len(retries):
        return None
    return max(retries[made] * (1 + JITTER * spread), outcome.after)


def slowed(outcome: Outcome, retries: Sequence[float]) -> float:
    """How long nothing at all is sent to an endpoint that answered so: what it asked for, or the first retry's wait."""
    if outcome.kind != "throttled":
        return 0.0
    return outcome.after or (retries[1] if len(retries) > 1 else 0.0)
