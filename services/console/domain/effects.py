"""What the networks did of what was asked, as rows of the audit log: one a fact, under the fact's own id."""

from typing import Any

from shared.events.publisher.action_failed import ActionFailed
from shared.events.publisher.action_taken import ActionTaken
from shared.events.publisher.delivery_confirmed import DeliveryConfirmed
from shared.events.publisher.delivery_failed import DeliveryFailed

Effect = ActionTaken | ActionFailed | DeliveryConfirmed | DeliveryFailed


def row_of(fact: Effect) -> dict[str, Any]:
    """The row of what a network did, or refused."""
    if isinstance(fact, ActionTaken | ActionFailed):
        about, person, what, network = fact.interaction_id, fact.person, fact.action, fact.place.network
    else:
        about, person, what, network = fact.post_id, "", "post", fact.network
    ended = "failed" if isinstance(fact, ActionFailed | DeliveryFailed) else getattr(fact, "result", "done")
    return {
        "_id": fact.event_id(),
        "brand_id": fact.brand_id,
        "act": f"network.{what}",
        "person": person,
        "about": about,
        "at": fact.at,
        "details": {"ended": ended, "network": network, "why": fact.why, "url": getattr(fact, "url", "")},
    }
