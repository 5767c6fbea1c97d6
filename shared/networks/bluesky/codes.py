"""What a Bluesky post may hold: graphemes and bytes of the whole text, four images."""

from collections.abc import Sequence

import regex

from shared.networks.bluesky import record
from shared.networks.capabilities import Finding, Media, Rendition
from shared.networks.rules import load

GRAPHEME = regex.compile(r"\X")


def count(text: str) -> int:
    """Graphemes: a family emoji is one."""
    return len(GRAPHEME.findall(text))


def limit() -> int:
    return load("bluesky")["post.text"].value


def check(rendition: Rendition, surface: str) -> Sequence[Finding]:
    """Findings on a post or a reply; the length is that of what is really sent."""
    rules, text = load("bluesky"), record.words(rendition)
    findings = []
    if not (text.strip() or rendition.media or rendition.link):
        findings.append(Finding("error", "post.empty", "There is nothing to publish", "Il n'y a rien à publier"))
    rule, length = rules["reply.text" if surface == "reply" else "post.text"], count(text)
    if length > rule.value:
        over = length - rule.value
        findings.append(rule.finding(length, f"{over} characters too many", f"{over} caractères de trop"))
    size = len(text.encode())
    if size > rules["post.bytes"].value:
        findings.append(
            rules["post.bytes"].finding(
                size, "Too many bytes: emoji weigh more", "Trop d'octets : les émojis pèsent lourd"
            )
        )
    return [*findings, *_images(rendition.media)]


def _images(media: Sequence[Media]) -> Sequence[Finding]:
    rule = load("bluesky")["post.images"]
    findings = []
    if len(media) > rule.value:
        findings.append(rule.finding(len(media), "Four images at most", "Quatre images au plus"))
    for medium in media:
        if medium.type and not medium.type.startswith("image/"):
            findings.append(
                Finding("error", "media.type", "Only images can be sent to Bluesky", "Bluesky : images seulement")
            )
        elif not medium.alt:
            findings.append(
                Finding(
                    "warning", "media.no_alt", "An image without a description shuts people out",
                    "Une image sans description exclut des gens",
                )
            )  # fmt: skip
    return findings
