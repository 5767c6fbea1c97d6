"""What each event does to which interaction."""

from functools import partial

from services.insights.domain import interaction as rules
from services.insights.store.interactions import Fact
from shared.bus.envelope import Cause
from shared.events.ingest.parts import InteractionText


def text_facts(event: InteractionText, cause: Cause) -> list[Fact]:
    """Of a text: the interaction itself, and where the brand's account speaks, the one that it answers."""
    facts = [Fact(event, event.interaction_id, cause, partial(rules.text, fact=event))]
    answers = rules.answers_to(event)
    if answers is not None:
        facts.append(Fact(event, answers, cause, partial(rules.answered, by=event)))
    return facts
