"""What X allows in a post, weighted as X weighs it.

https://docs.x.com/fundamentals/counting-characters, read 2026-11-21: composed first, Latin 1, emoji 2 however many
code points they join, all else 2, each link 23. A name under a public suffix is a link without https:// too (X's own
twitter-text since 2.0.4).
"""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import regex
from publicsuffixlist import PublicSuffixList

from shared.networks.capabilities import Finding, Rendition
from shared.networks.rules import Rule, load

PATH = r"[^\s<>\"]*[^\s<>\"'.,;:!?)\]]"
NAME = r"(?<![\w@#$./-])(?P<name>(?:[\w-]+\.)+[^\W\d_]{2,})(?![\w@])(?::\d+)?"
LINK = regex.compile(rf"https?://{PATH}|{NAME}(?:/(?:{PATH})?)?", regex.IGNORECASE)
LEADING = regex.compile(r"^(?:@\w+\s+)+")
CASHTAG = regex.compile(r"(?<!\w)\$[A-Za-z]{1,6}\b")
EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3")
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
PHOTO_TYPES = frozenset({"image", "image/jpeg", "image/png", "image/webp", "image/gif"})


def weight(text: str) -> int:
    """What the text takes of 280."""
    composed = unicodedata.normalize("NFC", text)
    links = _links(composed)
    begins, ends = [0, *(end for _, end in links)], [*(begin for begin, _ in links), len(composed)]
    left = "".join(composed[begin:end] for begin, end in zip(begins, ends, strict=True))
    return len(links) * load("x")["post.url"].value + sum(map(_weight, regex.findall(r"\X", left)))


def _links(text: str) -> Sequence[tuple[int, int]]:
    """Where links begin and end."""
    return [one.span() for one in LINK.finditer(text) if one["name"] is None or _suffixes().publicsuffix(one["name"])]


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def _weight(grapheme: str) -> int:
    if EMOJI.search(grapheme) and not grapheme.isascii():
        return 2
    return sum(1 if any(low <= ord(one) <= high for low, high in LIGHT) else 2 for one in grapheme)


def post_text(rendition: Rendition) -> str:
    """What is sent: text and link, a paragraph each; a link that stands in the text is not repeated."""
    link = "" if rendition.link in rendition.text else rendition.link
    return "\n\n".join(part for part in (rendition.text, link) if part)


def counted(text: str, surface: str) -> int:
    """Whom a reply names at its beginning does not count."""
    return weight(LEADING.sub("", text) if surface == "reply" else text)


def limit(surface: str, settings: Mapping[str, Any]) -> int:
    return int(settings.get("max_characters") or load("x")["reply.text" if surface == "reply" else "post.text"].value)


def check(rendition: Rendition, surface: str, settings: Mapping[str, Any]) -> Sequence[Finding]:
    rules = load("x")
    text, most = post_text(rendition), limit(surface, settings)
    length = counted(text, surface)
    findings = []
    if not text and not rendition.media:
        findings.append(
            Finding("error", "post.empty", "A post needs a text or a picture", "Il faut un texte ou une image")
        )
    if length > most:
        over = length - most
        rule = rules["reply.text" if surface == "reply" else "post.text"]
        words = f"{over} characters too many", f"{over} caractères de trop"
        findings.append(rule.finding(length, *words, limit=most))
    if _links(text):
        findings.append(_priced(rules["post.url_cents"]))
    if len(CASHTAG.findall(text)) > 1:
        findings.append(rules["post.cashtags"].finding(2, "At most one cashtag", "Un seul symbole boursier"))
    return [*findings, *_media_findings(rendition)]


def _priced(rule: Rule) -> Finding:
    return Finding(
        "warning", rule.key, "X charges about thirteen times as much for a post with a link: $0.20",
        "Un lien rend la publication environ treize fois plus chère chez X : 0,20 $", rule.value,
    )  # fmt: skip


def _media_findings(rendition: Rendition) -> Sequence[Finding]:
    rules, media = load("x"), rendition.media
    findings = []
    if len(media) > rules["post.media"].value:
        findings.append(rules["post.media"].finding(len(media), "At most four pictures", "Au plus quatre images"))
    if len(media) > 1 and any(medium.type == "image/gif" for medium in media):
        words = "A GIF stands alone", "Un GIF va seul"
        findings.append(Finding("error", "post.media_mixed", *words, len(media), 1))
    for medium in media:
        if medium.type and medium.type not in PHOTO_TYPES:
            words = f"X takes no {medium.type} as a picture", f"X n'accepte pas de {medium.type} comme image"
            findings.append(Finding("error", "media.type", *words))
        elif not medium.alt:
            words = "An image without a description shuts people out", "Une image sans description exclut des gens"
            findings.append(Finding("warning", "media.no_alt", *words))
    return findings
