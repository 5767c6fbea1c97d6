"""What Mastodon allows in a status, counted as its own server counts."""

from collections.abc import Mapping, Sequence
from typing import Any

import regex

from shared.networks.capabilities import Finding, Rendition
from shared.networks.rules import Rule, load

URL = regex.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]", regex.IGNORECASE)
INSTANCE_SETTINGS = ("max_characters", "characters_reserved_per_url")
REMOTE_MENTION = regex.compile(r"(?<![\w/])@([\w.-]*\w)@[\w.:-]*\w")


def countable_length(text: str, url_length: int = 23) -> int:
    """Graphemes, where each link counts as `url_length` and a mention leaves out its server."""
    without_links = URL.sub("x" * url_length, text)
    return len(regex.findall(r"\X", REMOTE_MENTION.sub(r"@\1", without_links)))


def status_text(rendition: Rendition) -> str:
    """What is sent: title, text and link, a paragraph each; a link that stands in the text is not repeated."""
    link = "" if rendition.link in rendition.text else rendition.link
    return "\n\n".join(part for part in (rendition.title, rendition.text, link) if part)


def most(surface: str, settings: Mapping[str, Any]) -> int:
    """The channel's own `max_characters`, as its instance told, or else the default."""
    return int(settings.get("max_characters") or load("mastodon")[f"{_surface(surface)}.text"].value)


def check(rendition: Rendition, surface: str, settings: Mapping[str, Any]) -> Sequence[Finding]:
    rules = load("mastodon")
    text, limit = status_text(rendition), most(surface, settings)
    length = countable_length(text, int(settings.get("characters_reserved_per_url") or rules["post.url"].value))
    findings = []
    if not text and not rendition.media:
        findings.append(
            Finding("error", "post.empty", "A status needs a text or a medium", "Il faut un texte ou un média")
        )
    if length > limit:
        findings.append(_too_long(rules[f"{_surface(surface)}.text"], length, limit))
    if len(rendition.media) > rules["post.media"].value:
        findings.append(
            rules["post.media"].finding(
                len(rendition.media),
                f"At most {rules['post.media'].value} attachments",
                f"Au plus {rules['post.media'].value} médias joints",
            )
        )
    return [*findings, *_media_findings(rendition)]


def _too_long(rule: Rule, length: int, limit: int) -> Finding:
    return rule.finding(
        length,
        f"{length - limit} characters too many; this server allows {limit}",
        f"{length - limit} caractères de trop ; ce serveur en permet {limit}",
        limit=limit,
    )


def _media_findings(rendition: Rendition) -> Sequence[Finding]:
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
        elif len(medium.alt) > rule.value:
            findings.append(
                rule.finding(
                    len(medium.alt),
                    f"The description is over {rule.value} characters",
                    f"La description dépasse {rule.value} caractères",
                )
            )
    return findings


def _surface(surface: str) -> str:
    return "reply" if surface == "reply" else "post"
