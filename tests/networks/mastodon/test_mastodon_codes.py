"""A status' length as Mastodon's server counts it, and what else its codes say."""

from dataclasses import replace

import pytest

from shared.networks.capabilities import Media, Rendition
from shared.networks.mastodon.client import Mastodon
from shared.networks.mastodon.codes import check, countable_length, own

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
LONG_URL = "https://kerlann.example/" + "x" * 66


@pytest.mark.parametrize(
    ("text", "length"),
    [
        (FAMILY, 1),
        ("café", 4),
        ("cafe\u0301", 4),
        ("🇫🇷🇧🇪", 2),
        ("1️⃣", 1),
        ("日本語", 3),
        ("مرحبا", 5),
        (LONG_URL, 23),
        ("http://a.example", 23),
        (f"Voir {LONG_URL}.", 29),
        (f"({LONG_URL})", 25),
        ("@solene@mastodon.example", 7),
        ("@solene bonjour", 15),
        ("a@b.example", 11),
        ("", 0),
    ],
)
def test_golden_vectors(text: str, length: int) -> None:
    """Graphemes; a link is 23 whatever its length; a mention leaves out its server."""
    assert countable_length(text) == length


def levels(rendition: Rendition, **settings: int) -> dict[str, str]:
    return {finding.rule: finding.level for finding in check(rendition, "post", settings)}


def test_an_ordinary_status_passes() -> None:
    """No finding, no noise."""
    assert levels(Rendition("Bonjour", link="https://kerlann.example")) == {}


def test_the_default_limit_blocks_and_an_instance_may_allow_more() -> None:
    """501 letters are too many for most servers, and fine where the server says 5,000."""
    text = Rendition("x" * 501)
    assert levels(text) == {"post.text": "error"}
    assert levels(text, max_characters=5000) == {}
    assert levels(Rendition("x" * 10), max_characters=9) == {"post.text": "error"}


def test_a_link_beside_the_text_counts_too() -> None:
    """What is sent is counted: text, two line breaks, and the link as 23."""
    assert levels(Rendition("x" * 476, link=LONG_URL)) == {"post.text": "error"}
    assert levels(Rendition("x" * 475, link=LONG_URL)) == {}
    assert levels(Rendition("x" * 470 + " " + LONG_URL, link=LONG_URL)) == {}


def test_the_finding_says_by_how_much() -> None:
    """A person who is over wants a number, in both languages."""
    (finding,) = check(Rendition("x" * 503), "post", {})
    assert (finding.value, finding.limit) == (503, 500)
    assert finding.message_en.startswith("3 characters too many")
    assert finding.message_fr.startswith("3 caractères de trop")


def test_images_want_a_description() -> None:
    """A missing one warns, one too long blocks, a video stands alone."""
    plain = Media("https://k.example/a.jpg", "image/jpeg")
    told = replace(plain, alt="Un pull")
    assert levels(Rendition("Photo", media=(plain,))) == {"media.no_alt": "warning"}
    assert levels(Rendition("Photos", media=(told,) * 5)) == {"post.media": "error"}
    assert levels(Rendition("", media=(replace(plain, alt="x" * 1501),))) == {"media.alt": "error"}
    film = Media("https://k.example/a.mp4", "video/mp4", "Un film")
    assert levels(Rendition("Film", media=(film, told))) == {"post.media_mixed": "error"}
    assert levels(Rendition("")) == {"post.empty": "error"}


def test_an_instance_may_set_every_number() -> None:
    """Attachments, descriptions and what a link counts go by the server's own codes too; nonsense is left out."""
    told = Media("https://k.example/a.jpg", "image/jpeg", "x" * 200)
    assert levels(Rendition("Photos", media=(told,) * 5), max_media_attachments=16) == {}
    assert levels(Rendition("Photo", media=(told,)), description_limit=100) == {"media.alt": "error"}
    assert Mastodon(None).count(LONG_URL, "post", {"characters_reserved_per_url": 40}) == 40  # type: ignore[arg-type]
    instance = {"configuration": {"statuses": {"max_characters": 11_000, "max_media_attachments": "many"}}}
    assert own(instance) == {"max_characters": 11_000}
    assert own({}) == {}


def test_the_client_counts_with_the_same_measure() -> None:
    """Composer and check agree."""
    client = Mastodon(None)  # type: ignore[arg-type]
    assert client.count(FAMILY) == 1
    assert client.limit() == 500
    assert client.limit("reply", {"max_characters": 5000}) == 5000
