"""Turns a look and the facts it causes into events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.ingest.domain.memory import Fact, Look
from shared.events.event import BrandEvent
from shared.events.ids import derive, interaction_id
from shared.events.ingest.interaction_deleted import InteractionDeleted
from shared.events.ingest.interaction_edited import InteractionEdited
from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.ingest.interaction_visibility_changed import InteractionVisibilityChanged
from shared.events.ingest.parts import Author, InteractionText, Media, Place
from shared.networks.capabilities import Sighting


def place_of(network: str, channel_id: str, sighting: Sighting) -> dict[str, Any]:
    """Where the object stands, as it is stored and stated; an object without a thread is its own."""
    thread = sighting.thread_external_id or sighting.external_id
    return {
        "network": network,
        "channel_id": channel_id,
        "external_id": sighting.external_id,
        "thread_id": interaction_id(network, channel_id, thread),
        "thread_external_id": thread,
        "parent_external_id": sighting.parent_external_id,
        "permalink": sighting.permalink,
        "extra": {name: str(value) for name, value in sighting.extra.items()},
    }


def said_at(look: Look) -> datetime:
    """The network's time, never later than ours (design: counters use it clamped)."""
    return min(look.sighting.said_at or look.at, look.at)


def is_backfill(said: datetime, connected_at: datetime) -> bool:
    """Said before the channel was connected; networks tell whole seconds, and the connection's own is not before."""
    return said < connected_at.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Subject:
    """The object that facts are about, as it is known after the look. `said_at` of a first text is kept for all."""

    brand_id: str
    object_id: str
    place: Mapping[str, Any]
    account_id: str
    said_at: datetime
    backfill: bool
    visibility: str
    epoch: int


def state(fact: Fact, look: Look, subject: Subject) -> BrandEvent:
    """The event that states `fact`."""
    common: dict[str, Any] = {
        "brand_id": subject.brand_id,
        "epoch": subject.epoch,
        "interaction_id": subject.object_id,
        "place": Place.model_validate(subject.place),
        "seen_at": look.at,
    }
    if fact.family == "deleted":
        return InteractionDeleted(**common)
    if fact.family == "visibility":
        return InteractionVisibilityChanged(**common, visibility=look.sighting.visibility, sighting=fact.number)
    kind = InteractionReceived if fact.family == "received" else InteractionEdited
    return _text(kind, fact, look, subject, common)


def _text(
    kind: type[InteractionText], fact: Fact, look: Look, subject: Subject, common: Mapping[str, Any]
) -> InteractionText:
    """Its visibility is what is known: an edit notice does not tell it, and a hiding may have come before the text."""
    sighting = look.sighting
    author = sighting.author
    return kind(
        **common,
        kind=sighting.interaction_kind,
        author=Author(
            id=derive("person", subject.brand_id, common["place"].network, author.external_id),
            external_id=author.external_id,
            name=author.name,
            handle=author.handle,
            url=author.url,
        ),
        author_is_brand=sighting.author_is_brand or author.external_id == subject.account_id,
        text=sighting.text,
        language=sighting.language,
        media=[Media(url=media.url, type=media.type, alt=media.alt) for media in sighting.media],
        said_at=subject.said_at,
        revision=fact.number,
        sighting=fact.sighting,
        visibility=subject.visibility or sighting.visibility,
        backfill=subject.backfill,
        via=look.via,
    )
