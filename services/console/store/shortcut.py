"""The two commonest facts without a fold, which costs the database four times as much.

A first text is inserted, together with its verdict where that brings it, and a verdict that comes later is set, with
what the fold would have made of them. Where an item is not as expected (a verdict came before the text, a fact comes
again) nothing is written, and the fact is folded after all.
"""

from datetime import datetime, timedelta
from typing import Any

from services.console.store import fold, folding
from shared.events.ingest.parts import InteractionText
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.mongo.operations import Document, InsertOne, UpdateOne

TAKES_DOWN = frozenset({"hide", "delete"})


def first_text(
    fact: InteractionText, promise: timedelta, verdict: InteractionJudged | None, now: datetime
) -> InsertOne:
    """The item where nothing is known of it, with its verdict where that is known too. `now` is the database's."""
    number = list(folding.text_no(fact))
    item: Document = {
        **folding.about(fact, fact.interaction_id),
        **folding.text_values(fact, promise),
        "text_no": number,
        "visibility": fact.visibility,
        "sight_no": list(folding.sight_no(fact)),
        "revisions": {str(fact.revision): folding.revision_values(fact) | {"no": number}},
        "state": _state(fact, verdict.wish if verdict else ""),
        "updated_at": now,
        "arrived_at": now,
        "case": {},
        **(_judged(verdict) if verdict else {}),
    }
    return InsertOne(item)


def first_verdict(fact: InteractionJudged, now: datetime) -> UpdateOne | None:
    """A verdict that changes nothing of the item's state, whatever that is; None for one that may.

    Without an item it makes one that is not seen yet; where there is a verdict already it meets that item's key.
    """
    if fact.wish in TAKES_DOWN:
        return None
    unjudged: dict[str, Any] = {**folding.about(fact, fact.interaction_id), "verdict_no": {"$exists": False}}
    values = _judged(fact) | {"updated_at": now}
    unseen = {"state": "unseen", "arrived_at": now, "case": {}}
    return UpdateOne(unjudged, {"$set": values, "$setOnInsert": unseen}, upsert=True)


def _judged(fact: InteractionJudged) -> Document:
    return {"verdict": folding.verdict_values(fact), "verdict_no": list(folding.verdict_no(fact))}


def _state(fact: InteractionText, wish: str) -> str:
    """As the fold derives it from a text, and what its verdict wishes, alone."""
    if fact.author_is_brand:
        return "brand"
    if fact.visibility in fold.NOT_PUBLIC or wish in TAKES_DOWN:
        return "hidden"
    return "earlier" if fact.backfill else "to_answer"
