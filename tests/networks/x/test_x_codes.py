"""X's codes: weighted as X weighs, with the vectors that it publishes."""

import pytest

from shared.networks.capabilities import Media, Rendition
from shared.networks.x import codes
from shared.networks.x.client import X

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
PHOTO = Media("https://k.example/a.jpg", "image/jpeg", "Une vareuse")
GIF = Media("https://k.example/a.gif", "image/gif", "Une vareuse")


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("Bonjour", 7), (FAMILY, 2), ("🇫🇷", 2), ("5\ufe0f\u20e3", 2), ("👍🏽", 2), ("日本", 4), ("café", 4),
        ("cafe\u0301", 4), ("שלום", 4), ("“oui” – non…", 13),
        ("https://kerlann.example/" + "x" * 66, 23), ("a https://k.example.", 26),
        ("kerlann.fr ouvre", 29), ("Vu sur www.kerlann.bzh/bleu?x=1, non ?", 37), ("Kerlann.FR:8443/", 23),
        ("écrire à a@kerlann.fr", 21), ("M.Durand, 3.5 h, etc.", 21), ("@kerlann.fr #a.fr", 17), ("münchen.de", 23),
    ],
)  # fmt: skip
def test_golden_vectors(text: str, weight: int) -> None:
    """Latin 1, emoji 2 however many code points they join, CJK 2, composed first, any link 23, named or whole."""
    assert codes.weight(text) == weight


def test_whom_a_reply_names_first_does_not_count() -> None:
    """In a post it does."""
    client = X(None)  # type: ignore[arg-type]
    assert client.count("@kerlann @camille Merci", "reply") == 5
    assert client.count("@kerlann Merci", "post") == 14


def levels(rendition: Rendition, surface: str = "post", **settings: int) -> dict[str, str]:
    return {finding.rule: finding.level for finding in codes.check(rendition, surface, settings)}


@pytest.mark.parametrize(
    ("rendition", "expected"),
    [
        (Rendition("x" * 280), {}),
        (Rendition("x" * 281), {"post.text": "error"}),
        (Rendition("日" * 141), {"post.text": "error"}),
        (Rendition(""), {"post.empty": "error"}),
        (Rendition("Ici https://kerlann.example"), {"post.url_cents": "warning"}),
        (Rendition("Ici kerlann.fr"), {"post.url_cents": "warning"}),
        (Rendition("$AAA $BBB"), {"post.cashtags": "warning"}),
        (Rendition("Album", media=(PHOTO,) * 5), {"post.media": "error"}),
        (Rendition("Deux", media=(PHOTO, GIF)), {"post.media_mixed": "error"}),
        (Rendition("Film", media=(Media("https://k.example/a.mp4", "video/mp4", "a"),)), {"media.type": "error"}),
        (Rendition("Photo", media=(Media("https://k.example/a.jpg", "image/jpeg"),)), {"media.no_alt": "warning"}),
    ],
)
def test_what_a_post_may_hold(rendition: Rendition, expected: dict[str, str]) -> None:
    """What X publishes blocks; what a link costs and what others met informs."""
    assert levels(rendition) == expected


def test_premium_takes_more() -> None:
    """The channel's own number goes before the network's."""
    assert levels(Rendition("x" * 4000), max_characters=4000) == {}
