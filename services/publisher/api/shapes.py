"""What publisher's commands take and answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from shared.events.ingest.parts import PLACE_EXAMPLE, Place
from shared.events.publisher.parts import RenditionPart

LONGEST_TEXT = 100_000
DRAFT_EXAMPLE: dict[str, JsonValue] = {
    "title": "La vareuse revient",
    "renditions": [{"channel_id": "ch-kerlann-fb", "network": "facebook", "text": "La vareuse revient en bleu."}],
}
REPLY_EXAMPLE: dict[str, JsonValue] = {
    "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
    "place": {**PLACE_EXAMPLE},
    "author_handle": "helene.r.voile",
    "author_external_id": "88123",
    "text": "Bonjour Hélène, votre colis part ce soir.",
    "reply_id": "r-2210-1",
}
SETTLEMENT_EXAMPLE: dict[str, JsonValue] = {
    "outcome": "confirmed",
    "remote_id": "1029_2214",
    "url": "https://facebook.example/kerlann/posts/1029",
    "why": "seen on the page",
}
DELIVERY_STATE_EXAMPLE: dict[str, JsonValue] = {
    "delivery_id": "c2d9f4de-3b1a-5d61-8e0c-2f6b6d1a7b02",
    "channel_id": "ch-kerlann-fb",
    "network": "facebook",
    "state": "confirmed",
    "remote_id": "1029_2214",
    "url": "https://facebook.example/kerlann/posts/1029",
    "why": "",
    "attempts": 1,
    "seq": 1,
    "due_at": "2026-11-25T17:30:00+00:00",
    "updated_at": "2026-11-25T17:30:01+00:00",
}
POST_STATE_EXAMPLE: dict[str, JsonValue] = {
    **DRAFT_EXAMPLE,
    "post_id": "8e6f1f0a-90d1-4f55-8d57-0a7a1d1b0c01",
    "brand_id": "br-kerlann",
    "seq": 4,
    "state": "published",
    "timezone": "Europe/Paris",
    "author": "ines",
    "approved_by": "tom",
    "due_at": "2026-11-25T17:30:00+00:00",
    "deliveries": [DELIVERY_STATE_EXAMPLE],
}
CHECKED_EXAMPLE: JsonValue = [
    {
        "channel_id": "ch-kerlann-bsky",
        "findings": [
            {
                "level": "error",
                "rule": "post.text",
                "message_en": "412 characters: 300 at most.",
                "message_fr": "412 caractères : 300 au plus.",
                "value": 412,
                "limit": 300,
            }
        ],
    }
]
ACTION_STATE_EXAMPLE: dict[str, JsonValue] = {
    "action_id": "f2b8a2b1-1c58-5f2e-8c9f-50f1f1a0a903",
    "action": "reply",
    "brand_id": "br-kerlann",
    "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
    "place": {**PLACE_EXAMPLE},
    "text": "Bonjour Hélène, votre colis part ce soir.",
    "state": "wanted",
    "remote_id": "",
    "url": "",
    "why": "",
    "person": "ines",
    "seq": 0,
    "updated_at": "2026-11-25T09:05:09+00:00",
}


class Draft(BaseModel):
    """A post as its author writes it: one rendition a channel, and the time it is planned for (as in `Schedule`)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [DRAFT_EXAMPLE]})

    post_id: str = Field("", max_length=100)
    title: str = Field("", max_length=300)
    renditions: list[RenditionPart] = Field(default_factory=list, max_length=50)
    due_at: AwareDatetime | None = None
    local: datetime | None = None


class Schedule(BaseModel):
    """When: an aware moment, or a local time in the brand's zone."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"local": "2026-11-25T18:30"}]})

    due_at: AwareDatetime | None = Field(None, examples=["2026-11-25T17:30:00Z"])
    local: datetime | None = Field(None, examples=["2026-11-25T18:30"])


class Reason(BaseModel):
    """Why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"why": "the shop is closed that day"}]})

    why: str = Field("", max_length=500)


class Reply(BaseModel):
    """An answer to an interaction; `place` as its events carry it. The same `reply_id` again is the same reply."""

    model_config = ConfigDict(json_schema_extra={"examples": [REPLY_EXAMPLE]})

    interaction_id: str
    place: Place
    author_handle: str = ""
    author_external_id: str = ""
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    reply_id: str = Field("", max_length=100)


class Settlement(BaseModel):
    """What a person found on the network about a stranded delivery: there, not there (sent again), or let go."""

    model_config = ConfigDict(json_schema_extra={"examples": [SETTLEMENT_EXAMPLE]})

    outcome: str = Field(pattern="^(confirmed|absent|dropped)$")
    remote_id: str = ""
    url: str = ""
    why: str = Field("", max_length=500)


class Check(BaseModel):
    """Renditions to check against their networks' codes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"renditions": DRAFT_EXAMPLE["renditions"]}]})

    renditions: list[RenditionPart] = Field(max_length=50)


def post_state(post: Mapping[str, Any], deliveries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A post with its deliveries, JSON-safe."""
    shown = ("brand_id", "seq", "state", "title", "renditions", "timezone", "author", "approved_by")
    return {
        "post_id": post["_id"],
        **{name: post[name] for name in shown},
        "due_at": _text(post["due_at"]),
        "deliveries": [delivery_state(one) for one in deliveries],
    }


def delivery_state(delivery: Mapping[str, Any]) -> dict[str, Any]:
    """One delivery, JSON-safe."""
    shown = ("channel_id", "network", "state", "remote_id", "url", "why", "attempts", "seq")
    return {
        "delivery_id": delivery["_id"],
        **{name: delivery[name] for name in shown},
        "due_at": _text(delivery.get("due_at")),
        "updated_at": _text(delivery.get("updated_at")),
    }


ACTION_STATES = {
    "scheduled": "wanted",
    "claimed": "wanted",
    "sending": "sending",
    "confirmed": "taken",
    "rejected": "failed",
    "unknown": "unsettled",
    "stranded": "stranded",
    "cancelled": "failed",
}


def action_state(delivery: Mapping[str, Any]) -> dict[str, Any]:
    """A reply's delivery as the action that it is."""
    return {
        "action_id": delivery["_id"],
        "action": "reply",
        "brand_id": delivery["brand_id"],
        "interaction_id": delivery["interaction_id"],
        "place": delivery["place"],
        "text": delivery["rendition"]["text"],
        "state": ACTION_STATES[delivery["state"]],
        "remote_id": delivery["remote_id"],
        "url": delivery["url"],
        "why": delivery["why"],
        "person": delivery["person"],
        "seq": delivery["seq"],
        "updated_at": _text(delivery.get("updated_at")),
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
