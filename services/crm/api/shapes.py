"""What crm's commands take and answer."""

from collections.abc import Mapping
from typing import Any, Literal

from fastapi.encoders import jsonable_encoder
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, field_validator

from shared.events.crm.parts import OFFERED

REGISTRATION_EXAMPLE: dict[str, JsonValue] = {
    "url": "https://crm.example/hooks/parvis",
    "description": "tickets",
    "events": ["CaseEscalated", "PostPublished"],
}
ENDPOINT_EXAMPLE: dict[str, JsonValue] = {
    **REGISTRATION_EXAMPLE,
    "endpoint_id": "7c6c0c0e-3f0d-4f6b-9b62-1b2d9d0e5a11",
    "brand_id": "br-kerlann",
    "seq": 1,
    "state": "active",
    "why": "",
    "person": "ines",
    "failing_since": None,
    "slow_until": None,
    "previous_until": None,
    "created_at": "2026-11-25T09:00:00+00:00",
}
SECRET_EXAMPLE: dict[str, JsonValue] = {
    **ENDPOINT_EXAMPLE,
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
}
DELIVERY_EXAMPLE: dict[str, JsonValue] = {
    "delivery_id": "0f9a1f7e-64f5-5d0b-9b0e-8c8f0f7c2b10",
    "event_id": "5f0e7c2f-0f2b-5c55-8f6b-0a7a1d1b0c01",
    "event_type": "io.parvis.moderation.CaseEscalated.v1",
    "state": "waiting",
    "attempts": 1,
    "log": [{"at": "2026-11-25T09:05:01+00:00", "status": 503, "why": "the receiver answered 503", "milliseconds": 84}],
    "next_at": "2026-11-25T09:05:06+00:00",
    "created_at": "2026-11-25T09:05:01+00:00",
}
_ENDPOINT = tuple(ENDPOINT_EXAMPLE.keys() - {"endpoint_id"})
_DELIVERY = tuple(DELIVERY_EXAMPLE.keys() - {"delivery_id"})


class Registration(BaseModel):
    """Where to tell which facts. The address must begin with https://."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [REGISTRATION_EXAMPLE]})

    url: str = Field(max_length=500)
    description: str = Field("", max_length=200)
    events: list[str] = Field(min_length=1, max_length=len(OFFERED))

    @field_validator("events")
    @classmethod
    def _offered(cls, events: list[str]) -> list[str]:
        unknown = sorted(set(events) - set(OFFERED))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: there are {', '.join(OFFERED)}")
        return sorted(set(events), key=OFFERED.index)


class Again(BaseModel):
    """Which ended deliveries of an endpoint are told again: of one state, since a moment, or one by its id."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"state": "failed"}]})

    state: Literal["failed", "delivered"] = "failed"
    since: AwareDatetime | None = None
    delivery_id: str = Field("", max_length=100)


def endpoint_state(endpoint: Mapping[str, Any]) -> dict[str, Any]:
    """The endpoint as commands answer it: never its secret."""
    told = {"endpoint_id": endpoint["_id"], **{name: endpoint[name] for name in _ENDPOINT}}
    return dict(jsonable_encoder(told))


def delivery_state(delivery: Mapping[str, Any]) -> dict[str, Any]:
    """A delivery with its attempts, the oldest first."""
    told = {"delivery_id": delivery["_id"], **{name: delivery[name] for name in _DELIVERY}}
    return dict(jsonable_encoder(told))
