"""A campaign spends, from now or again."""

from shared.events.campaigns.parts import CAMPAIGN_EXAMPLE, CampaignFact


class CampaignStarted(CampaignFact):
    """A person started or resumed it, its day has come, or what had paused it is over (`cause`)."""

    EXAMPLE = CAMPAIGN_EXAMPLE
