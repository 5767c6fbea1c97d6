"""The creatives of a campaign were compared, and its figures are final."""

from shared.events.event import BrandEvent, Moment, Part
from shared.events.topics import CAMPAIGNS


class ArmCounts(Part):
    """What a creative, with its fixed share (percent), came to in all; `spend` in cents."""

    name: str
    share: int
    spend: int = 0
    impressions: int = 0
    clicks: int = 0
    conversions: int = 0


class ExperimentConcluded(BrandEvent):
    """Exact counts of each arm once no report is read any more; nobody is named the winner.

    The campaign ended at `ended_at` (`cause`: budget, schedule, person, …); reports that came late or restated an hour
    are in as far as they had come when the last one was read (`reported_at`). `seq` is the campaign's number: one that
    a person resumes afterwards concludes again, and the higher `seq` wins.
    """

    TOPIC = CAMPAIGNS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "campaign_id": "4d0c1a52-7d0f-4b0e-8b59-0d7c9a3a1c11",
        "seq": 9,
        "objective": "conversions",
        "currency": "EUR",
        "cause": "schedule",
        "ended_at": "2026-12-06T23:00:00Z",
        "reported_at": "2026-12-13T23:00:04Z",
        "arms": [
            {"name": "A", "share": 50, "spend": 1200000, "impressions": 98200, "clicks": 1960, "conversions": 118},
            {"name": "B", "share": 50, "spend": 1200000, "impressions": 97400, "clicks": 2240, "conversions": 171},
        ],
        "at": "2026-12-13T23:00:05Z",
    }

    campaign_id: str
    seq: int
    objective: str
    currency: str
    cause: str
    ended_at: Moment
    reported_at: Moment | None = None
    arms: list[ArmCounts]
    at: Moment

    def subject(self) -> str:
        """The campaign."""
        return self.campaign_id

    def identity(self) -> tuple[str | int, ...]:
        """The campaign's own number."""
        return (self.epoch, self.seq)
