"""What an ad network says that an hour of a campaign came to."""

from shared.events.event import BrandEvent, Moment
from shared.events.topics import CAMPAIGNS


class SpendMeasured(BrandEvent):
    """Full values of one arm's hour; the higher `number`, which the network gave its report, wins.

    Reports come late, again, and restated: a sum over the newest values of each hour is exact. `spend` is in cents.
    """

    TOPIC = CAMPAIGNS
    EXAMPLE = {
        "brand_id": "br-kerlann",
        "campaign_id": "4d0c1a52-7d0f-4b0e-8b59-0d7c9a3a1c11",
        "arm": "B",
        "hour": "2026-11-25T09:00:00Z",
        "number": 812,
        "spend": 1840,
        "impressions": 3066,
        "clicks": 61,
        "conversions": 4,
        "at": "2026-11-25T10:02:00Z",
    }

    campaign_id: str
    arm: str
    hour: Moment
    number: int
    spend: int = 0
    impressions: int = 0
    clicks: int = 0
    conversions: int = 0
    at: Moment

    def subject(self) -> str:
        """The arm's hour."""
        return f"{self.campaign_id}:{self.arm}:{self.hour:%Y-%m-%dT%H}"

    def ordering(self) -> str:
        """A campaign's facts stay together."""
        return self.campaign_id

    def identity(self) -> tuple[str | int, ...]:
        """The report's number."""
        return (self.epoch, self.number)
