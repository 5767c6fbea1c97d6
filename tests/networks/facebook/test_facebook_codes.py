"""A Page's codes: counted in code points, and honest about what Meta never published."""

import pytest

from shared.networks.capabilities import Media, Rendition
from shared.networks.facebook.client import Facebook
from shared.networks.facebook.codes import check
from shared.networks.rules import load

FAMILY = "👨\u200d👩\u200d👧\u200d👦"


@pytest.mark.parametrize(
    ("text", "length"),
    [(FAMILY, 7), ("café", 4), ("cafe\u0301", 5), ("https://kerlann.example/" + "x" * 66, 90), ("日本", 2)],
)
def test_golden_vectors(text: str, length: int) -> None:
    """Nothing is weighted: each code point counts."""
    assert Facebook(None).count(text) == length  # type: ignore[arg-type]


def levels(rendition: Rendition, surface: str = "post") -> dict[str, str]:
    return {finding.rule: finding.level for finding in check(rendition, surface)}


def test_an_ordinary_post_passes() -> None:
    """No finding, no noise."""
    assert levels(Rendition("Bonjour", link="https://kerlann.example")) == {}


def test_an_empty_post_is_blocked() -> None:
    """Meta's reference wants a message or a link."""
    assert levels(Rendition("")) == {"post.text_or_link": "error"}


def test_a_limit_that_meta_never_published_only_warns() -> None:
    """Other suites found 63,206 to be the end; that is no reason to forbid."""
    assert levels(Rendition("x" * 63_207)) == {"post.text": "warning"}
    assert levels(Rendition("x" * 8_001), "reply") == {"reply.text": "warning"}


def test_photos_that_facebook_does_not_take_are_blocked() -> None:
    """A video is no photo, and a post shows photos or a link."""
    video = Media("https://kerlann.example/a.mp4", "video/mp4")
    assert levels(Rendition("Film", media=(video,))) == {"media.type": "error"}
    photo = Media("https://kerlann.example/a.jpg", "image/jpeg")
    assert levels(Rendition("Photo", link="https://k.example", media=(photo,))) == {"post.link_with_photos": "error"}
    assert levels(Rendition("Photos", media=(photo,) * 11)) == {"post.photos": "warning"}


@pytest.mark.parametrize("network", ["facebook", "instagram", "linkedin", "mastodon", "x"])
def test_every_rule_says_where_it_was_read(network: str) -> None:
    """A number without source and date is a rumour."""
    for rule in load(network).values():
        assert rule.source_url.startswith("https://"), rule.key
        assert rule.read_on.year >= 2026, rule.key
        assert rule.unit
        assert rule.value > 0
