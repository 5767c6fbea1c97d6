"""LinkedIn's codes: escaped first, counted then, and read back as people see it."""

import pytest

from shared.networks.capabilities import Media, Rendition
from shared.networks.linkedin import codes

PHOTO = Media("https://k.example/a.jpg", "image/jpeg", "Une vareuse")


@pytest.mark.parametrize(
    ("text", "commentary"),
    [
        ("Pull (bleu) à 50 % *", r"Pull \(bleu\) à 50 % \*"),
        ("Écrivez à a@k.example_fr", r"Écrivez à a\@k.example\_fr"),
        (r"C:\laine <3 [new] {x} ~|", r"C:\\laine \<3 \[new\] \{x\} \~\|"),
        ("La #vareuse en n# 2 #", r"La #vareuse en n\# 2 \#"),
        ("#maille_bleue", r"#maille\_bleue"),
    ],
)
def test_what_little_reserves_is_escaped_and_comes_back(text: str, commentary: str) -> None:
    """Or LinkedIn would cut the text off; a hashtag stays one."""
    assert codes.little(text) == commentary
    assert codes.plain(commentary) == text


def test_hashtags_and_people_are_read_as_they_are_seen() -> None:
    """LinkedIn writes a hashtag as a template, a mention with its URN."""
    told = r"La {hashtag|\#|vareuse} de @[Camille L\.](urn:li:person:9) \(bleue\)"
    assert codes.plain(told) == "La #vareuse de Camille L. (bleue)"


def levels(rendition: Rendition, surface: str = "post") -> dict[str, str]:
    return {finding.rule: finding.level for finding in codes.check(rendition, surface)}


@pytest.mark.parametrize(
    ("rendition", "surface", "expected"),
    [
        (Rendition("x" * 3000), "post", {}),
        (Rendition("x" * 2999 + "(("), "post", {"post.text": "error"}),
        (Rendition(""), "post", {"post.empty": "error"}),
        (Rendition("(" * 1250), "reply", {}),
        (Rendition("x" * 1251), "reply", {"reply.text": "warning"}),
        (Rendition("Album", media=(PHOTO,) * 21), "post", {"post.media": "error"}),
        (
            Rendition("Film", media=(Media("https://k.example/a.mp4", "video/mp4", "a"),)),
            "post",
            {"media.type": "error"},
        ),
        (Rendition("Photo", media=(Media("https://k.example/a.jpg"),)), "post", {"media.no_alt": "warning"}),
        (Rendition("Photo", media=(Media("https://k.example/a.jpg", alt="x" * 4087),)), "post", {"media.alt": "error"}),
    ],
)
def test_what_a_post_may_hold(rendition: Rendition, surface: str, expected: dict[str, str]) -> None:
    """What LinkedIn says blocks; what others met informs. A comment is plain text: nothing of it is escaped."""
    assert levels(rendition, surface) == expected


def test_brackets_without_end_are_read_at_once() -> None:
    """A hostile commentary of 20,000 signs, which took twelve seconds of everybody's time, takes milliseconds."""
    assert codes.NAMED.sub("", "@[" * 10_000, timeout=3) == "@[" * 10_000
    assert codes.plain(r"Merci @[Ma\[ë\]l \(R\)](urn:li:person:abc)") == "Merci Ma[ë]l (R)"
