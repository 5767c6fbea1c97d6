"""Shuffled and doubled events lead to the same end."""

import random
from typing import Any
from uuid import uuid4

import pytest

from shared.events.event import Event
from shared.events.ingest.interaction_visibility_changed import InteractionVisibilityChanged
from tests.services.moderation.conftest import INSULT, POLITE, T0, Moderation

STORIES = ("mended", "worsened", "deleted")


def story(moderation: Moderation, kind: str, name: str) -> list[Event]:
    """One interaction's life as ingest states it."""
    said = moderation.said(POLITE if kind == "worsened" else INSULT, name=name)
    edited = moderation.edited(said, INSULT if kind == "worsened" else POLITE)
    seen = InteractionVisibilityChanged(
        brand_id=said.brand_id,
        interaction_id=said.interaction_id,
        place=said.place,
        visibility="hidden",
        sighting=7,
        seen_at=T0,
    )
    return [said, seen, edited, *([moderation.deleted(said)] if kind == "deleted" else [])]


@pytest.mark.parametrize("kind", STORIES)
async def test_every_order_ends_the_same(moderation: Moderation, kind: str) -> None:
    """What stands, what is hidden and whether a person must look do not depend on the order of arrival."""
    ends = []
    for seed in range(12):
        name = str(uuid4())
        events = story(moderation, kind, name) * (1 if seed == 0 else 2)
        if seed:
            random.Random(seed).shuffle(events)
        for event in events:
            await moderation.hears(event)
        ends.append(await end(moderation, events[0]))
    assert all(one == ends[0] for one in ends), ends


async def end(moderation: Moderation, event: Any) -> dict[str, Any]:
    """What somebody outside could tell; an end without a case is an end without an open one."""
    row, case = await moderation.row(event), await moderation.case(event)
    assert row is not None
    verdict = row.get("verdict") or {}
    return {
        "text": row.get("text"),
        "revision": row.get("revision") if "deleted_at" not in row else None,
        "visibility": row.get("visibility"),
        "outcome": verdict.get("outcome"),
        "hidden": row.get("hidden_by"),
        "deleted": "deleted_at" in row,
        "waits": case is not None and case["state"] in ("open", "claimed"),
    }
