"""What LinkedIn allows, and `little`, the format of a post's text: what it reserves is escaped, or the rest is cut off.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format, read 2026-11-21.
Comments are plain text.
"""

from collections.abc import Sequence

import regex

from shared.networks.capabilities import Finding, Media, Rendition
from shared.networks.rules import load

RESERVED = regex.compile(r"[\\|{}@\[\]()<>#*_~]")
# A hashtag stays one: it is an element of `little`, as far as its word has nothing that is reserved.
HASHTAG = regex.compile(r"(?<![\w&/])#(?=[^\W_]+)")
TAGGED = regex.compile(r"\{hashtag\|\\?#\|((?:\\.|[^{}|\\])*)\}")
# Neither name nor address goes on for ever, nor over another bracket: that would take hostile texts seconds to read.
NAMED = regex.compile(r"@\[((?:\\.|[^\[\]\\]){0,400}+)\]\s?\(urn:li:[^()]{0,200}\)")
ESCAPED = regex.compile(r"\\(.)", regex.DOTALL)
PHOTO_TYPES = frozenset({"image", "image/jpeg", "image/png", "image/gif"})


def little(text: str) -> str:
    """The text as a post's `commentary`."""
    kept = {found.start() for found in HASHTAG.finditer(text)}
    return RESERVED.sub(lambda found: found[0] if found.start() in kept else f"\\{found[0]}", text)


def plain(commentary: str) -> str:
    """What a reader sees of it: hashtags as they are written, people by their names."""
    return ESCAPED.sub(r"\1", NAMED.sub(r"\1", TAGGED.sub(r"#\1", commentary)))


def post_text(rendition: Rendition) -> str:
    """Text and link, a paragraph each; a link that stands in the text is not repeated."""
    link = "" if rendition.link in rendition.text else rendition.link
    return "\n\n".join(part for part in (rendition.text, link) if part)


def counted(text: str, surface: str) -> int:
    """A post is escaped first and counted then."""
    return len(text if surface == "reply" else little(text))


def limit(surface: str) -> int:
    return load("linkedin")["reply.text" if surface == "reply" else "post.text"].value


def check(rendition: Rendition, surface: str) -> Sequence[Finding]:
    text, findings = post_text(rendition), []
    length, most = counted(text, surface), limit(surface)
    if not text and not rendition.media:
        words = "A post needs a text or a picture", "Il faut un texte ou une image"
        findings.append(Finding("error", "post.empty", *words))
    if length > most:
        over = length - most
        rule = load("linkedin")["reply.text" if surface == "reply" else "post.text"]
        findings.append(rule.finding(length, f"{over} characters too many", f"{over} caractères de trop"))
    return [*findings, *_media_findings(rendition.media)]


def _media_findings(media: Sequence[Media]) -> Sequence[Finding]:
    rules, findings = load("linkedin"), []
    if len(media) > rules["post.media"].value:
        findings.append(rules["post.media"].finding(len(media), "At most twenty pictures", "Au plus vingt images"))
    for medium in media:
        if medium.type and medium.type not in PHOTO_TYPES:
            words = f"LinkedIn takes no {medium.type} here", f"LinkedIn n'accepte pas de {medium.type} ici"
            findings.append(Finding("error", "media.type", *words))
        elif not medium.alt:
            words = "An image without a description shuts people out", "Une image sans description exclut des gens"
            findings.append(Finding("warning", "media.no_alt", *words))
        elif len(medium.alt) > rules["media.alt"].value:
            words = "The description is too long", "La description est trop longue"
            findings.append(rules["media.alt"].finding(len(medium.alt), *words))
    return findings
