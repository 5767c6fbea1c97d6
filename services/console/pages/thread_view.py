"""The part of a thread that the inbox shows: what is open, what was said around it, and the ways to the rest."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.console.domain.brands import BrandTile
from services.console.pages.item_view import item
from services.console.visits import Visit
from services.console.words import Words
from shared.events.ids import interaction_id

SHOWN, AFTER = 40, 15
Doc = Mapping[str, Any]


async def passage(here: Visit, brand: BrandTile, words: Words, doc: Doc) -> dict[str, Any]:
    """`focus`, the `thread` around it (or around the message that the address names: `at`), how many were said
    `sooner` and `later`, and the one it `answers` where that stands elsewhere. `words` are at the brand's place."""
    focus = item(doc, brand, words, here.now)
    at = await _place(here, doc)
    shown = await here.console.threads.around(at, SHOWN, AFTER)
    sooner, later = await here.console.threads.beyond(shown) if len(shown) == SHOWN else (0, 0)
    answered = await _answered(here, doc, shown) if sooner else None
    copies = {one["external_id"] for one in shown if one.get("author_is_brand")}
    return {
        "focus": focus,
        "at": at["_id"],
        "thread": [item(one, brand, words, here.now).without(copies) for one in shown],
        "sooner": sooner,
        "later": later,
        "answers": item(answered, brand, words, here.now) if answered else None,
    }


async def _place(here: Visit, doc: Doc) -> Doc:
    wanted = here.request.query_params.get("at", "")
    found = await here.console.inbox.get([doc["brand_id"]], wanted) if wanted else None
    return found if found and doc.get("thread_id") and found.get("thread_id") == doc["thread_id"] else doc


async def _answered(here: Visit, doc: Doc, shown: Sequence[Doc]) -> Doc | None:
    external = doc.get("parent_external_id", "")
    parent = interaction_id(doc["network"], doc["channel_id"], external)
    if not external or any(one["_id"] == parent for one in shown):
        return None
    return await here.console.inbox.get([doc["brand_id"]], parent)
