"""Instagram's codes: a picture always, numbers that block, and numbers that only others met."""

import pytest

from shared.networks.capabilities import Media, Rendition
from shared.networks.instagram import codes
from tests.networks.seats import PHOTO

FILM = Media("https://kerlann.example/film.mp4", "video/mp4")


def levels(rendition: Rendition, surface: str = "post") -> dict[str, str]:
    return {finding.rule: finding.level for finding in codes.check(rendition, surface)}


@pytest.mark.parametrize(
    ("rendition", "expected"),
    [
        (Rendition("Bonjour", media=(PHOTO,)), {}),
        (Rendition("Bonjour"), {"post.media_needed": "error"}),
        (Rendition("é" * 2201, media=(PHOTO,)), {"post.text": "error"}),
        (Rendition("#a " * 31, media=(PHOTO,)), {"post.hashtags": "error"}),
        (Rendition("#a " * 6, media=(PHOTO,)), {"post.hashtags_advised": "warning"}),
        (Rendition("@a " * 21, media=(PHOTO,)), {"post.mentions": "error"}),
        (Rendition("a@b.example #5", media=(PHOTO,)), {}),
        (Rendition("Ici", link="https://kerlann.example", media=(PHOTO,)), {"post.link": "warning"}),
        (Rendition("Album", media=(PHOTO,) * 11), {"post.media": "error"}),
        (Rendition("PNG", media=(Media("https://k.example/a.png", "image/png", "a"),)), {"media.type": "error"}),
        (Rendition("Film", media=(FILM,)), {}),
        (Rendition("Photo", media=(Media("https://k.example/a.jpg", "image/jpeg"),)), {"media.no_alt": "warning"}),
    ],
)
def test_the_feeds_codes(rendition: Rendition, expected: dict[str, str]) -> None:
    """A picture always, numbers that block, and a lower number of hashtags that others met and Meta never told."""
    assert levels(rendition) == expected


def test_a_long_reply_warns() -> None:
    """300 characters are what an old page of Meta's says."""
    assert levels(Rendition("x" * 301), "reply") == {"reply.text": "warning"}
