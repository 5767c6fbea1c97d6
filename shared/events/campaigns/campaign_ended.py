"""A campaign has come to its end."""

from shared.events.campaigns.parts import CAMPAIGN_EXAMPLE, CampaignFact


class CampaignEnded(CampaignFact):
    """Its last day is over, or a person ended it (`cause`)."""

    EXAMPLE = CAMPAIGN_EXAMPLE | {"state": "ended", "seq": 9, "cause": "schedule", "serving": False}
