"""How complete and how healthy a channel is."""

from pydantic import Field

from shared.events.event import BrandEvent, Moment, Part
from shared.events.topics import METRICS


class Gap(Part):
    """A span that no finished poll covers."""

    start: Moment
    end: Moment


class ChannelMeasured(BrandEvent):
    """What ingest knows of a channel: completeness over the last 24 h, backfill's progress, its token's health.

    Each interaction counts once: `webhook`, `poll_only` or `pending`; `by_design` says that the network has no
    webhooks. `missing` = the network's own total − known, where it gives one. `bound` says in words how far back
    edits and deletions are looked for. `token` is ok, lost or unknown. `codes` are what the account's own server says
    that it allows (`max_characters`), where servers of the network differ.
    """

    TOPIC = METRICS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "channel_id": "ch-kerlann-fb",
        "network": "facebook",
        "measured_at": "2026-11-25T10:42:00Z",
        "webhook": 4120,
        "poll_only": 12,
        "pending": 3,
        "gaps": [{"start": "2026-11-25T10:12:00Z", "end": "2026-11-25T10:19:00Z"}],
        "token": "ok",
    }

    channel_id: str
    network: str
    measured_at: Moment
    webhook: int = 0
    poll_only: int = 0
    pending: int = 0
    by_design: bool = False
    gaps: list[Gap] = Field(default_factory=list)
    missing: int = 0
    backfill_done: int = 0
    backfill_total: int = 0
    backfill_finished: bool = True
    bound: str = ""
    token: str = "unknown"  # noqa: S105 - a state, not a secret
    last_poll_at: Moment | None = None
    problem: str = ""
    codes: dict[str, int] = Field(default_factory=dict)

    def subject(self) -> str:
        """The channel."""
        return self.channel_id

    def identity(self) -> tuple[str | int, ...]:
        """When it was measured: the later one wins."""
        return (self.measured_at.isoformat(),)
