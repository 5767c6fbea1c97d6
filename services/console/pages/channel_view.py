"""Channels in words: how complete, how healthy, how far its older comments are read in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.console.domain.brands import BrandTile
from services.console.words import Words


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel with what ingest measured. `health` names a message; shares are hundredths of what came in."""

    id: str
    brand: BrandTile
    network: str
    name: str
    handle: str
    status: str
    health: str
    kind: str
    icon: str
    why: str
    webhook: float
    poll: float
    pending: float
    webhook_words: str
    poll_words: str
    gap_words: str
    whole: int
    by_design: bool
    backfill: float
    backfill_words: str
    heard: str
    bound: str
    connected: str
    generation: int

    @property
    def needs_someone(self) -> bool:
        """Whether a person should look."""
        return self.kind in ("bad", "warn")


def channel_rows(
    channels: Sequence[Mapping[str, Any]],
    measures: Mapping[str, Mapping[str, Any]],
    tiles: Mapping[str, BrandTile],
    words: Words,
    now: datetime,
) -> list[ChannelRow]:
    """All channels, by brand and network."""
    return [
        _row(channel, measures.get(channel["_id"]) or {}, tiles[channel["brand_id"]], words, now)
        for channel in channels
        if channel["brand_id"] in tiles
    ]


def _row(
    channel: Mapping[str, Any], measure: Mapping[str, Any], brand: BrandTile, words: Words, now: datetime
) -> ChannelRow:
    counts = [measure.get(name, 0) for name in ("webhook", "poll_only", "pending")]
    whole = sum(counts)
    shares = [round(100 * count / whole, 2) if whole else 0.0 for count in counts]
    health, kind, icon = _health(channel, measure)
    done, total = measure.get("backfill_done", 0), measure.get("backfill_total", 0)
    is_filling = not measure.get("backfill_finished", True)
    heard = measure.get("last_poll_at") or measure.get("measured_at")
    return ChannelRow(
        id=channel["_id"],
        brand=brand,
        network=channel["network"],
        name=channel["name"],
        handle=channel.get("handle", ""),
        status=channel["status"],
        health=health,
        kind=kind,
        icon=icon,
        why=_why(channel, measure, words, now),
        webhook=shares[0],
        poll=shares[1],
        pending=shares[2],
        webhook_words=words.share(counts[0], whole),
        poll_words=words.share(counts[1], whole),
        gap_words=_gaps(measure, words),
        whole=whole,
        by_design=bool(measure.get("by_design")),
        backfill=round(100 * done / total, 1) if total else 0.0,
        backfill_words=words("channels.backfill", done=done, total=total) if is_filling else "",
        heard=words.ago(heard, now) if heard else "",
        bound=words.known(f"channels.bound_{channel['network']}", measure["bound"]) if measure.get("bound") else "",
        connected=words.moment(channel["connected_at"], now) if channel.get("connected_at") else "",
        generation=channel.get("generation", 1),
    )


def _ending(channel: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What was said of the end of the token that it has now."""
    ending = channel.get("ending")
    is_held = ending and all(ending[name] == channel[name] for name in ("generation", "renewal"))
    return ending if is_held and channel["status"] == "active" else None


def _why(channel: Mapping[str, Any], measure: Mapping[str, Any], words: Words, now: datetime) -> str:
    if ending := _ending(channel):
        key, when = ("channels.ending_at", words.moment(ending["at"], now)) if ending["at"] else ("channels.ending", "")
        return words(key, when=when, why=ending["why"])
    return str(measure.get("problem", "") or channel.get("lost_why", ""))


def _health(channel: Mapping[str, Any], measure: Mapping[str, Any]) -> tuple[str, str, str]:
    if channel["status"] == "disconnected":
        return "disconnected", "mute", "ring"
    if channel["status"] == "lost" or measure.get("token") == "lost":
        return "token_lost", "bad", "oct"
    if _ending(channel):
        return "token_ending", "warn", "clock"
    if measure.get("problem"):
        return "problem", "warn", "warn"
    if measure.get("gaps") or measure.get("missing"):
        return "gap", "bad", "oct"
    if not measure:
        return "not_measured", "unk", "ringdash"
    if not measure.get("backfill_finished", True):
        return "filling", "info", "info"
    return ("by_design", "info", "info") if measure.get("by_design") else ("fine", "ok", "check")


def _gaps(measure: Mapping[str, Any], words: Words) -> str:
    spans = [f"{words.clock(gap['start'])}–{words.clock(gap['end'])}" for gap in (measure.get("gaps") or ())[-2:]]
    if measure.get("missing"):
        spans.append(words("channels.missing", count=measure["missing"]))
    return ", ".join(spans)
