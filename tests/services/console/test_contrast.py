"""Every pair of colours that carries words or signs is legible, by day and by night (WCAG 2.2 AA)."""

import re

import pytest

from services.console.assets import FOLDER

PAIR = re.compile(r"--([\w-]+):\s*(?:light-dark\()?(#[0-9a-f]{6})(?:,\s*(#[0-9a-f]{6})\))?;")
TOKENS = (FOLDER / "css/tokens.css").read_text()
DAY = {name: day for name, day, _ in PAIR.findall(TOKENS)}
NIGHT = {name: night or day for name, day, night in PAIR.findall(TOKENS)}
STATUS = ("ok", "warn", "bad", "hold", "info", "mute")
GROUNDS = ("surface", "bg", "surface-2", "surface-3", "select")
WORDS = [
    *((f"text{kind}", ground) for kind in ("", "-2", "-3") for ground in GROUNDS),
    *((status, f"{status}-soft") for status in STATUS),
    *((status, "surface") for status in STATUS),
    *(("on-brand", f"brand-{tone}") for tone in range(1, 17)),
    *(("accent", ground) for ground in ("surface", "select", "accent-soft")),
    *(("on-accent", ground) for ground in ("accent-solid", "accent-hover")),
    *(("rail-text", ground) for ground in ("rail", "rail-2")),
    ("rail-text-2", "rail"),
    ("on-rail-bad", "rail-bad"),
]
SIGNS = [
    *((f"{status}-mark", "surface") for status in STATUS),
    *((name, ground) for name in ("line-control", "focus") for ground in ("surface", "bg")),
    *((f"c-{number}", "surface") for number in (1, 2)),
]


@pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])
def test_words_and_signs_stand_out(theme: dict[str, str]) -> None:
    """4.5 to 1 for words, 3 to 1 for signs and the borders of controls."""
    dim = [pair for pair in WORDS if contrast(theme, *pair) < 4.5] + [
        pair for pair in SIGNS if contrast(theme, *pair) < 3
    ]
    assert dim == []


def contrast(theme: dict[str, str], front: str, back: str) -> float:
    """The ratio of two tokens' luminances."""
    low, high = sorted((luminance(theme[front]), luminance(theme[back])))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of sRGB."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
