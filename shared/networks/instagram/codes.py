"""What Instagram's feed may hold: a picture or a video always, hashtags and mentions by number, no link to click."""

from collections.abc import Sequence

import regex

from shared.networks.capabilities import Finding, Media, Rendition
from shared.networks.rules import load

HASHTAG = regex.compile(r"(?<![\w&/])#\w+")
MENTION = regex.compile(r"(?<![\w/@])@[\w.]+")
LINK = regex.compile(r"https?://\S+", regex.IGNORECASE)
PHOTO_TYPES = frozenset({"image", "image/jpeg"})


def caption(rendition: Rendition) -> str:
    """What is sent: text and link, a paragraph each; a link that stands in the text is not repeated."""
    link = "" if rendition.link in rendition.text else rendition.link
    return "\n\n".join(part for part in (rendition.text, link) if part)


def limit(surface: str) -> int:
    return load("instagram")["reply.text" if surface == "reply" else "post.text"].value


def is_video(medium: Media) -> bool:
    return medium.type.partition("/")[0] == "video"


def check(rendition: Rendition, surface: str) -> Sequence[Finding]:
    rules = load("instagram")
    text, most = caption(rendition), limit(surface)
    findings = []
    if len(text) > most:
        over = len(text) - most
        rule = rules["reply.text" if surface == "reply" else "post.text"]
        findings.append(rule.finding(len(text), f"{over} characters too many", f"{over} caractères de trop"))
    if surface == "reply":
        return findings
    if LINK.search(text):
        findings.append(
            Finding(
                "warning", "post.link", "Nobody can click a link in a caption",
                "Un lien dans une légende ne se clique pas",
            )
        )  # fmt: skip
    return [*findings, *_counted(text), *_media_findings(rendition.media)]


def _counted(text: str) -> Sequence[Finding]:
    """Hashtags and mentions: a number that blocks, and a lower one, reported but not published, that warns."""
    rules = load("instagram")
    hashtags, mentions = len(HASHTAG.findall(text)), len(MENTION.findall(text))
    findings = []
    for key in ("post.hashtags", "post.hashtags_advised"):
        if hashtags > rules[key].value:
            most = rules[key].value
            findings.append(rules[key].finding(hashtags, f"Over {most} hashtags", f"Plus de {most} mots-dièse"))
            break
    if mentions > rules["post.mentions"].value:
        findings.append(rules["post.mentions"].finding(mentions, "Over 20 mentions", "Plus de 20 mentions"))
    return findings


def _media_findings(media: Sequence[Media]) -> Sequence[Finding]:
    rules = load("instagram")
    findings = []
    if not media:
        words = "Instagram needs a picture or a video", "Il faut une image ou une vidéo sur Instagram"
        findings.append(rules["post.media_needed"].finding(0, *words))
    if len(media) > rules["post.media"].value:
        findings.append(rules["post.media"].finding(len(media), "More than ten pictures", "Plus de dix images"))
    for medium in media:
        if medium.type and medium.type not in PHOTO_TYPES and not is_video(medium):
            findings.append(
                Finding(
                    "error", "media.type", f"Instagram takes JPEG pictures, not {medium.type}",
                    f"Instagram prend des images JPEG, pas de {medium.type}",
                )
            )  # fmt: skip
        elif not medium.alt and not is_video(medium):
            findings.append(
                Finding(
                    "warning", "media.no_alt", "An image without a description shuts people out",
                    "Une image sans description exclut des gens",
                )
            )  # fmt: skip
    return findings
