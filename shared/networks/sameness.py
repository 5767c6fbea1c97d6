"""Whether two texts say the same: what a network shows of a text is not always, byte for byte, what was sent."""

import unicodedata


def fingerprint(text: str) -> str:
    """The text as two sides may write it differently: composed letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())
