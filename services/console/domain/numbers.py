"""Whole numbers as addresses and forms carry them: anybody can write there what they like."""

HIGHEST = 1_000_000_000  # of anything that is counted in ones: versions, rows, messages


def whole(text: str, most: int) -> int | None:
    """The number that these digits say, at most `most`; None for anything else.

    `isdigit` alone lets `²` through, which `int` refuses, as it does thousands of digits.
    """
    if not (text.isascii() and text.isdigit()):
        return None
    return min(int(text), most) if len(text) <= len(str(most)) else most
