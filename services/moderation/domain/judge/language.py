"""Which language a text is in, offline; a short text is taken for its channel's own language."""

from collections.abc import Sequence

import eldc

OF_INTEREST = ("fr", "en", "es", "de", "it", "pt", "nl", "ar")
FEW_WORDS = 3


class Languages:
    """eldc's tables are loaded once a process, on the first of these."""

    def __init__(self) -> None:
        eldc.init()
        eldc.set_languages(list(OF_INTEREST))

    def of(self, text: str, likely: Sequence[str]) -> tuple[str, bool]:
        """ISO 639-1 ("" where nobody could tell), and whether that is sure."""
        short = text.count(" ") + 1 < FEW_WORDS
        if short and likely:
            return likely[0], False
        found = eldc.detect_details(text)
        if likely and not found.reliable and found.language not in likely:
            return likely[0], False
        return ("" if found.language == "und" else str(found.language)), bool(found.reliable and not short)
