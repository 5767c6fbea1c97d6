"""A campaign spends nothing for now."""

from shared.events.campaigns.parts import CAMPAIGN_EXAMPLE, CampaignFact


class CampaignPaused(CampaignFact):
    """A person paused it, or its brand is held or in a crisis (`cause`)."""

    EXAMPLE = CAMPAIGN_EXAMPLE | {"state": "paused", "seq": 4, "cause": "crisis", "serving": False}
