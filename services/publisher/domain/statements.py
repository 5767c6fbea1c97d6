"""Turns stored posts, deliveries and wishes into the events that state them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.events.event import BrandEvent
from shared.events.ingest.parts import Place
from shared.events.publisher.action_failed import ActionFailed
from shared.events.publisher.action_taken import ActionTaken
from shared.events.publisher.action_unsettled import ActionUnsettled
from shared.events.publisher.delivery_confirmed import DeliveryConfirmed
from shared.events.publisher.delivery_failed import DeliveryFailed
from shared.events.publisher.delivery_stranded import DeliveryStranded
from shared.events.publisher.delivery_unsettled import DeliveryUnsettled
from shared.events.publisher.parts import PostFact, RenditionPart
from shared.events.publisher.post_published import End, PostPublished

Stored = Mapping[str, Any]


def post_fact(kind: type[PostFact], post: Stored, *, person: str, at: datetime, epoch: int, why: str = "") -> PostFact:
    """The post's whole state."""
    return kind(
        brand_id=post["brand_id"],
        epoch=epoch,
        post_id=post["_id"],
        seq=post["seq"],
        state=post["state"],
        title=post["title"],
        renditions=[RenditionPart.model_validate(one) for one in post["renditions"]],
        due_at=post["due_at"],
        timezone=post["timezone"],
        author=post["author"],
        approved_by=post["approved_by"],
        person=person,
        why=why,
        at=at,
    )


def published(post: Stored, deliveries: Sequence[Stored], *, at: datetime, epoch: int) -> PostPublished:
    """How each delivery ended."""
    ends = [
        End(channel_id=one["channel_id"], network=one["network"], state=one["state"], url=one["url"], why=one["why"])
        for one in deliveries
    ]
    return PostPublished(brand_id=post["brand_id"], epoch=epoch, post_id=post["_id"], seq=post["seq"], ends=ends, at=at)


def delivery_fact(delivery: Stored, *, at: datetime, epoch: int) -> BrandEvent:
    """What became of a delivery, of a post's rendition or of a reply."""
    if delivery["kind"] == "reply":
        return _reply_fact(delivery, at, epoch)
    common: dict[str, Any] = {
        "brand_id": delivery["brand_id"],
        "epoch": epoch,
        "post_id": delivery["post_id"],
        "delivery_id": delivery["_id"],
        "channel_id": delivery["channel_id"],
        "network": delivery["network"],
        "seq": delivery["seq"],
        "attempts": delivery["attempts"],
        "why": delivery["why"],
        "at": at,
    }
    match delivery["state"]:
        case "confirmed":
            return DeliveryConfirmed(**common, remote_id=delivery["remote_id"], url=delivery["url"])
        case "rejected":
            return DeliveryFailed(**common, code=delivery.get("code", ""))
        case "stranded":
            return DeliveryStranded(**common)
        case _:
            return DeliveryUnsettled(**common)


def _reply_fact(delivery: Stored, at: datetime, epoch: int) -> BrandEvent:
    common = _action(delivery, "reply", at, epoch) | {
        "interaction_id": delivery["interaction_id"],
        "text": delivery["rendition"]["text"],
        "cause": delivery["_id"],
    }
    match delivery["state"]:
        case "confirmed":
            return ActionTaken(**common, result="done", remote_id=delivery["remote_id"], url=delivery["url"])
        case "rejected":
            return ActionFailed(**common, code=delivery.get("code", ""))
        case state:
            return ActionUnsettled(**common, stranded=state == "stranded")


def wish_taken(wish: Stored, result: str, *, at: datetime, epoch: int) -> ActionTaken:
    """The network shows what was wanted."""
    return ActionTaken(**_wish(wish, at, epoch), result=result)


def wish_failed(wish: Stored, why: str, code: str, *, at: datetime, epoch: int) -> ActionFailed:
    """The network refused, or cannot do it."""
    return ActionFailed(**(_wish(wish, at, epoch) | {"why": why}), code=code)


def wish_unsettled(wish: Stored, why: str, *, at: datetime, epoch: int) -> ActionUnsettled:
    """Nobody knows yet; it will be asked again, which is safe for what does not create."""
    return ActionUnsettled(**(_wish(wish, at, epoch) | {"why": why}))


def _wish(wish: Stored, at: datetime, epoch: int) -> dict[str, Any]:
    return _action(wish, wish["wanted"], at, epoch) | {"interaction_id": wish["_id"], "cause": wish["cause"]}


def _action(stored: Stored, action: str, at: datetime, epoch: int) -> dict[str, Any]:
    return {
        "brand_id": stored["brand_id"],
        "epoch": epoch,
        "action_id": stored["_id"],
        "action": action,
        "place": Place.model_validate(stored["place"]),
        "seq": stored["seq"],
        "person": stored["person"],
        "why": stored["why"],
        "at": at,
    }
