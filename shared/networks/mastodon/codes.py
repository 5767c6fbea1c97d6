"""What Mastodon allows in a status, counted as its own server counts."""

from collections.abc import Mapping, Sequence
from typing import Any

import regex

from shared.networks.capabilities import Finding, Rendition
from shared.networks.rules import Rule, load

URL = regex.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]", regex.IGNORECASE)
OWN = {
    "statuses": ("max_characters", "max_media_attachments", "characters_reserved_per_url"),
    "media_attachments": ("description_limit",),
}
REMOTE_MENTION = regex.compile(r"(?<![\w/])@([\w.-]*\w)@[\w.:-]*\w")


def countable_length(text: str, url_length: int = 23) -> int:
    """Graphemes, where each link counts as `url_length` and a mention leaves out its server."""
    without_links = URL.sub("x" * url_length, text)
    return len(regex.findall(r"\X", REMOTE_MENTION.sub(r"@\1", without_links)))


def status_text(rendition: Rendition) -> str:
    """What is sent: title, text and link, a paragraph each; a link that stands in the text is not repeated."""
    link = "" if rendition.link in rendition.text else rendition.link
    return "\n\n".join(part for part in (rendition.title, rendition.text, link) if part)


def own(instance: Mapping[str, Any]) -> dict[str, int]:
    """What a server tells of its own codes (`GET /api/v2/instance`), by the names that `settings` have."""
    told = instance.get("configuration") or {}
    found = {name: (told.get(part) or {}).get(name) for part, names in OWN.items() for name in names}
    return {name: value for name, value in found.items() if isinstance(value, int) and value > 0}


def setting(name: str, rule: str, settings: Mapping[str, Any]) -> int:
    """The channel's own value, as its server told, or else the network's."""
    return int(settings.get(name) or load("mastodon")[rule].value)


def most(surface: str, settings: Mapping[str, Any]) -> int:
    """How long a status may be on the channel's server."""
    return setting("max_characters", f"{_surface(surface)}.text", settings)


def check(rendition: Rendition, surface: str, settings: Mapping[str, Any]) -> Sequence[Finding]:
    rules = load("mastodon")
    text, limit = status_text(rendition), most(surface, settings)
    length = countable_length(text, setting("characters_reserved_per_url", "post.url", settings))
    attachments = setting("max_media_attachments", "post.media", settings)
    findings = []
    if not text and not rendition.media:
        findings.append(
            Finding("error", "post.empty", "A status needs a text or a medium", "Il faut un texte ou un média")
        )
    if length > limit:
        findings.append(_too_long(rules[f"{_surface(surface)}.text"], length, limit))
    if len(rendition.media) > attachments:
        findings.append(
            rules["post.media"].finding(
                len(rendition.media),
                f"At most {attachments} attachments",
                f"Au plus {attachments} médias joints",
                limit=attachments,
            )
        )
    return [*findings, *_media_findings(rendition, setting("description_limit", "media.alt", settings))]


def _too_long(rule: Rule, length: int, limit: int) -> Finding:
    return rule.finding(
        length,
        f"{length - limit} characters too many; this server allows {limit}",
        f"{length - limit} caractères de trop ; ce serveur en permet {limit}",
        limit=limit,
    )


def _media_findings(rendition: Rendition, longest_alt: int) -> Sequence[Finding]:
    rule = load("mastodon")["media.alt"]
    findings = []
    kinds = {medium.type.partition("/")[0] for medium in rendition.media}
    if "video" in kinds and len(rendition.media) > 1:
        findings.append(
            Finding(
                "error", "post.media_mixed", "One video or several images, not both",
                "Une vidéo ou plusieurs images, pas les deux", len(rendition.media), 1,
            )
        )  # fmt: skip
    for medium in rendition.media:
        if not medium.alt:
            findings.append(
                Finding(
                    "warning", "media.no_alt", "An image without a description shuts people out",
                    "Une image sans description exclut des gens",
                )
            )  # fmt: skip
        elif len(medium.alt) > longest_alt:
            findings.append(
                rule.finding(
                    len(medium.alt),
                    f"The description is over {longest_alt} characters",
                    f"La description dépasse {longest_alt} caractères",
                    limit=longest_alt,
                )
            )
    return findings


def _surface(surface: str) -> str:
    return "reply" if surface == "reply" else "post"
