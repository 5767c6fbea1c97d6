"""What a Facebook Page may post. Graph counts code points; nothing is shortened or weighted."""

from collections.abc import Sequence

from shared.networks.capabilities import Finding, Rendition
from shared.networks.rules import load

PHOTO_TYPES = frozenset({"image/jpeg", "image/bmp", "image/png", "image/gif", "image/tiff"})


def message(rendition: Rendition) -> str:
    """What is sent as the post's text."""
    return "\n\n".join(part for part in (rendition.title, rendition.text) if part)


def limit(surface: str) -> int:
    return load("facebook")["reply.text" if surface == "reply" else "post.text"].value


def check(rendition: Rendition, surface: str) -> Sequence[Finding]:
    rules = load("facebook")
    text = message(rendition)
    findings = []
    if not (text or rendition.link or rendition.media):
        findings.append(
            rules["post.text_or_link"].finding(0, "A post needs a text or a link", "Il faut un texte ou un lien")
        )
    most = limit(surface)
    if len(text) > most:
        rule = rules["reply.text" if surface == "reply" else "post.text"]
        findings.append(
            rule.finding(
                len(text),
                f"{len(text) - most} characters more than others found to be allowed",
                f"{len(text) - most} caractères de plus que ce qui semble permis",
            )
        )
    return [*findings, *_media_findings(rendition)]


def _media_findings(rendition: Rendition) -> Sequence[Finding]:
    rules = load("facebook")
    findings = []
    if rendition.media and rendition.link:
        findings.append(
            Finding(
                "error", "post.link_with_photos", "Photos or a link's preview, not both: put the link in the text",
                "Photos ou aperçu d'un lien : mettez le lien dans le texte",
            )
        )  # fmt: skip
    if len(rendition.media) > rules["post.photos"].value:
        findings.append(
            rules["post.photos"].finding(len(rendition.media), "More than ten photos", "Plus de dix photos")
        )
    findings.extend(
        Finding(
            "error", "media.type", f"Facebook takes no {medium.type} as a photo",
            f"Facebook n'accepte pas de {medium.type} comme photo",
        )
        for medium in rendition.media
        if medium.type and medium.type not in PHOTO_TYPES
    )  # fmt: skip
    return findings
