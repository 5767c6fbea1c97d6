"""Posts in words: the rows of the list, and the composer's renditions, previews and steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.console.capabilities import settings_of
from services.console.domain.brands import BrandTile
from services.console.domain.networks import badge
from services.console.domain.renditions import Fit, Piece, pieces
from services.console.words import Words
from shared.networks.capabilities import Coded, Finding, Media, Publishing, Rendition

STATE_SIGNS = {
    "draft": ("mute", "pen"),
    "waiting": ("warn", "users"),
    "approved": ("info", "check"),
    "scheduled": ("info", "clock"),
    "going_out": ("info", "up"),
    "published": ("ok", "check"),
    "cancelled": ("mute", "ban"),
    "late": ("warn", "warn"),
    "failed": ("bad", "oct"),
}
DELIVERY_SIGNS = {
    "scheduled": ("info", "clock"),
    "claimed": ("info", "up"),
    "sending": ("info", "up"),
    "confirmed": ("ok", "check"),
    "failed": ("bad", "oct"),
    "rejected": ("bad", "oct"),
    "unsettled": ("unk", "ringdash"),
    "unknown": ("unk", "ringdash"),
    "stranded": ("warn", "warn"),
    "cancelled": ("mute", "ban"),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """A state in colour, shape and word."""

    kind: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One channel's end of a post."""

    id: str
    network: str
    network_name: str
    channel: str
    sign: Sign
    state: str
    why: str
    url: str
    when: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in the list."""

    id: str
    brand: BrandTile
    title: str
    text: str
    sign: Sign
    state: str
    day: str
    clock: str
    networks: Sequence[str]
    deliveries: Sequence[Delivery]
    author: str

    @property
    def troubles(self) -> list[Delivery]:
        """The deliveries that a person must look at."""
        return [one for one in self.deliveries if one.state in ("failed", "rejected", "stranded")]


@dataclass(frozen=True, slots=True)
class ChannelRendition:
    """A channel in the composer: whether the post is for it, how the text fits, and what it will look like."""

    channel_id: str
    network: str
    network_name: str
    name: str
    handle: str
    chosen: bool
    text: str
    own_text: str
    fit: Fit
    pieces: Sequence[Piece]
    findings: Sequence[Finding]

    @property
    def errors(self) -> int:
        """What blocks it."""
        return sum(finding.level == "error" for finding in self.findings) if self.chosen else 0


def post_row(
    post: Mapping[str, Any], brand: BrandTile, channels: Mapping[str, str], words: Words, names: Mapping[str, str]
) -> PostRow:
    """A stored post as a row; `channels` names each channel, `names` each member."""
    renditions = post.get("renditions") or [{}]
    text = renditions[0].get("text", "") if renditions else ""
    due, state = post.get("due_at"), post.get("state", "draft")
    kind, icon = STATE_SIGNS.get(state, ("mute", "ring"))
    return PostRow(
        id=post["_id"],
        brand=brand,
        title=post.get("title") or text[:80] or words("posts.untitled"),
        text=text,
        sign=Sign(kind, icon, words.known(f"posts.state_{state}", state)),
        state=state,
        day=words.day(due) if due else "",
        clock=words.clock(due) if due else "",
        networks=[rendition.get("network", "") for rendition in post.get("renditions") or ()],
        deliveries=deliveries(post, channels, words),
        author=names.get(post.get("author", ""), post.get("author", "")),
    )


def deliveries(post: Mapping[str, Any], channels: Mapping[str, str], words: Words) -> list[Delivery]:
    """What became of each rendition."""
    return [_delivery(one, channels, words) for one in (post.get("deliveries") or {}).values()]


def _delivery(one: Mapping[str, Any], channels: Mapping[str, str], words: Words) -> Delivery:
    state = one.get("state", "")
    kind, icon = DELIVERY_SIGNS.get(state, ("mute", "ring"))
    moment = one.get("at") or one.get("due_at")
    return Delivery(
        id=one["delivery_id"],
        network=one["network"],
        network_name=badge(one["network"]).name,
        channel=channels.get(one["channel_id"], one["channel_id"]),
        sign=Sign(kind, icon, words.known(f"posts.delivery_{state}", state)),
        state=state,
        why=one.get("why", ""),
        url=one.get("url", ""),
        when=words.clock(moment) if isinstance(moment, datetime) else "",
    )


def channel_renditions(
    channels: Sequence[Mapping[str, Any]],
    networks: Mapping[str, Any],
    *,
    chosen: Sequence[str],
    common: str,
    own: Mapping[str, str],
    title: str,
    media: Sequence[Media] = (),
) -> list[ChannelRendition]:
    """Every channel of the brand that can publish, with the post in its codes."""
    able = [channel for channel in channels if isinstance(networks.get(channel["network"]), Publishing)]
    return [
        _rendition(
            channel,
            networks[channel["network"]],
            channel["_id"] in chosen,
            own.get(channel["_id"], ""),
            Rendition(common, title, media=media),
        )
        for channel in able
        if channel["status"] != "disconnected"
    ]


def _rendition(
    channel: Mapping[str, Any], client: Any, is_chosen: bool, own_text: str, common: Rendition
) -> ChannelRendition:
    text = own_text or common.text
    is_coded, settings = isinstance(client, Coded), settings_of(channel)
    limit = client.limit("post", settings) if is_coded else None

    def count(part: str) -> int:
        return int(client.count(part, "post", settings)) if is_coded else len(part)

    return ChannelRendition(
        channel_id=channel["_id"],
        network=channel["network"],
        network_name=badge(channel["network"]).name,
        name=channel["name"],
        handle=channel.get("handle", ""),
        chosen=is_chosen,
        text=text,
        own_text=own_text,
        fit=Fit(count(text), limit),
        pieces=pieces(text, limit, count),
        findings=list(client.check(replace(common, text=text), "post", settings)) if is_coded and text else [],
    )
