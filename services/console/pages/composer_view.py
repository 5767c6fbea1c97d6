"""The composer: a draft as typed or stored, in every channel's codes, with the steps to its leaving."""

import mimetypes
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from starlette.datastructures import FormData

from services.console.domain.access import Person
from services.console.domain.brands import BrandTile
from services.console.words import Words
from shared.networks.capabilities import Media

EDITABLE = frozenset({"draft", "waiting", "approved", "scheduled", "failed", "late"})
SCHEDULABLE = frozenset({"approved", "scheduled", "late", "failed"})
OWN = "own:"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the composer's form holds. `own` are the texts that differ from the common one, by channel; `media` are for
    all channels, by public addresses; `local` is the time as typed (the brand's), `due_at` a moment chosen where the
    clocks show that time twice or never."""

    title: str = ""
    common: str = ""
    channels: Sequence[str] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    media: Sequence[Media] = ()
    local: str = ""
    due_at: str = ""

    @classmethod
    def read(cls, form: FormData) -> Self:
        """From the form."""
        own = {name[len(OWN) :]: str(text).strip() for name, text in form.items() if name.startswith(OWN)}
        return cls(
            title=str(form.get("title", "")).strip(),
            common=str(form.get("common", "")).replace("\r\n", "\n").strip(),
            channels=tuple(str(channel) for channel in form.getlist("channel")),
            own={channel: text for channel, text in own.items() if text},
            media=tuple(_media(form)),
            local=str(form.get("local", "")).strip(),
            due_at=str(form.get("due_at", "")).strip(),
        )

    @classmethod
    def stored(cls, post: Mapping[str, Any]) -> Self:
        """From a post: the text that most renditions share is the common one."""
        renditions = post.get("renditions") or ()
        texts = Counter(rendition["text"] for rendition in renditions)
        common = texts.most_common(1)[0][0] if texts else ""
        own = {one["channel_id"]: one["text"] for one in renditions if one["text"] != common}
        shown = renditions[0].get("media") or () if renditions else ()
        media = tuple(Media(one["url"], one.get("type", ""), one.get("alt", "")) for one in shown)
        return cls(post.get("title", ""), common, tuple(one["channel_id"] for one in renditions), own, media)

    def body(self, post_id: str, networks: Mapping[str, str]) -> dict[str, Any]:
        """As publisher takes it; `networks` names each channel's."""
        renditions = [
            {
                "channel_id": channel,
                "network": networks[channel],
                "text": self.own.get(channel) or self.common,
                "title": self.title,
                "media": [{"url": one.url, "type": one.type, "alt": one.alt} for one in self.media],
            }
            for channel in self.channels
            if channel in networks
        ]
        return {"post_id": post_id, "title": self.title, "renditions": renditions, **self.time()}

    def time(self) -> dict[str, str]:
        """The time as publisher takes it; nothing where none is said."""
        if self.due_at:
            return {"due_at": self.due_at}
        return {"local": self.local} if self.local else {}


def _media(form: FormData) -> Iterator[Media]:
    """Each address with its description; what kind of file it is, its name tells."""
    for url, alt in zip(form.getlist("media_url"), form.getlist("media_alt"), strict=False):
        if address := str(url).strip():
            yield Media(address, mimetypes.guess_type(urlsplit(address).path)[0] or "", str(alt).strip())


@dataclass(frozen=True, slots=True)
class Act:
    """A button that moves the post on."""

    name: str
    icon: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way out: done (ok), now, waiting (warn), or later ("")."""

    kind: str
    icon: str
    words: str
    why: str = ""


def acts(post: Mapping[str, Any] | None, person: Person, brand: BrandTile) -> list[Act]:
    """What this person can do next with the post, the usual one first."""
    state = (post or {}).get("state", "draft")
    may = {right: person.may(right, brand.id) for right in ("compose", "approve", "schedule")}
    is_free = brand.approval == "none"
    if state == "draft":
        if is_free:
            return [Act("schedule", "clock"), Act("send", "up")] if may["schedule"] else []
        return [Act("submit", "users")] if may["compose"] else []
    if state == "waiting":
        is_own = (post or {}).get("author") == person.member_id
        return [Act("approve", "check")] if may["approve"] and not is_own else []
    return [Act("schedule", "clock"), Act("send", "up")] if state in SCHEDULABLE and may["schedule"] else []


def steps(post: Mapping[str, Any] | None, person: Person, brand: BrandTile, words: Words, author: str) -> list[Step]:
    """Written, approved, scheduled, out."""
    state = (post or {}).get("state", "draft")
    written = Step("ok" if post else "now", "pen", words("posts.step_written"), _by(author, words))
    timed = {"scheduled": "ok", "going_out": "ok", "published": "ok", "approved": "now"}.get(state, "")
    out = {"published": "ok", "going_out": "now"}.get(state, "")
    return [
        written,
        _approval(post, state, person, brand, words),
        Step(timed, "clock", words("posts.step_time")),
        Step(out, "up", words("posts.step_out")),
    ]


def _approval(post: Mapping[str, Any] | None, state: str, person: Person, brand: BrandTile, words: Words) -> Step:
    if brand.approval == "none":
        why = words("posts.step_approval_free_why")
        return Step("ok", "check", words("posts.step_approval_free"), why)
    title = words("posts.step_approval")
    if (post or {}).get("approved_by"):
        return Step("ok", "check", title, _by(str((post or {})["approved_by"]), words))
    if state == "waiting":
        is_own = (post or {}).get("author") == person.member_id
        return Step("warn", "users", title, words(f"posts.step_approval_{'own' if is_own else 'waits'}"))
    return Step("", "users", title, words("posts.step_approval_wait"))


def _by(name: str, words: Words) -> str:
    return words("posts.step_written_by", name=name) if name else ""
