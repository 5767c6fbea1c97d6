"""What a blog takes. Hardly anything is too long for it; an empty post is refused."""

from collections.abc import Sequence

from shared.networks.capabilities import Finding, Rendition
from shared.networks.rules import load
from shared.networks.wordpress import markup


def limit(surface: str) -> int:
    """Characters of a post, bytes of a reply."""
    return load("wordpress")[_key(surface)].value


def count(text: str, surface: str) -> int:
    """As the surface's limit counts."""
    return len(markup.comment(text).encode()) if surface == "reply" else len(text)


def check(rendition: Rendition, surface: str) -> Sequence[Finding]:
    """Findings on a post (title, text, link, images) or on a reply (text alone)."""
    findings = [*_length(rendition.text, surface)]
    if surface == "reply":
        return findings if rendition.text.strip() else [_empty(), *findings]
    if not (rendition.text.strip() or rendition.title.strip() or rendition.media):
        findings.append(_empty())
    rule, title = load("wordpress")["post.title"], len(rendition.title.encode())
    if title > rule.value:
        findings.append(rule.finding(title, "The title does not fit", "Le titre est trop long"))
    findings += [
        Finding(
            "warning", "media.no_alt", "An image without a description shuts people out",
            "Une image sans description exclut des gens",
        )
        for medium in rendition.media
        if not medium.alt
    ]  # fmt: skip
    return findings


def _length(text: str, surface: str) -> Sequence[Finding]:
    rule, length = load("wordpress")[_key(surface)], count(text, surface)
    if length <= rule.value:
        return ()
    over = length - rule.value
    return (rule.finding(length, f"{over} {rule.unit}s too many", f"{over} caractères de trop"),)


def _empty() -> Finding:
    rule = load("wordpress")["post.text_or_media"]
    return rule.finding(0, "There is nothing to publish", "Il n'y a rien à publier")


def _key(surface: str) -> str:
    return "reply.text" if surface == "reply" else "post.text"
