"""A campaign was planned, or what is known of it changed."""

from shared.events.campaigns.parts import CAMPAIGN_EXAMPLE, CampaignFact


class CampaignChanged(CampaignFact):
    """Its plan, its audience's size, or what its ad network has confirmed."""

    EXAMPLE = CAMPAIGN_EXAMPLE | {"state": "draft", "seq": 1, "cause": "", "serving": False}
