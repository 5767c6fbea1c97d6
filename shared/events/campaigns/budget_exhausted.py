"""A campaign has spent its budget."""

from shared.events.campaigns.parts import CAMPAIGN_EXAMPLE, CampaignFact


class BudgetExhausted(CampaignFact):
    """It has ended; nothing makes it spend again but a person who gives it more."""

    EXAMPLE = CAMPAIGN_EXAMPLE | {"state": "ended", "seq": 9, "cause": "budget", "serving": False, "spent": 2400000}
