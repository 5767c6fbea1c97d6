"""What a reader sees of HTML that somebody else wrote, for networks that speak it."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from shared.networks.capabilities import Media

LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]", re.IGNORECASE)
SILENT = frozenset({"script", "style"})
BREAKS = {"br": "\n", "p": "\n\n", "li": "\n", "blockquote": "\n\n", "div": "\n"}


class _Reader(HTMLParser):
    """Collects text, and images. A link keeps its address: what it hides is what a moderator wants to see."""

    def __init__(self, *, newlines_count: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.images: list[Media] = []
        self._newlines_count = newlines_count
        self._silent = 0
        self._address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in SILENT:
            self._silent += 1
        elif tag == "img" and values.get("src"):
            self.images.append(Media(values["src"], alt=values.get("alt", "")))
        elif tag == "a":
            self._address = values.get("href", "")
        self.parts.append(BREAKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a":
            if LINK.match(self._address) and self._address not in "".join(self.parts):
                self.parts.append(f" ({self._address})")
            self._address = ""
        elif tag != "br":
            self.parts.append(BREAKS.get(tag, ""))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data if self._newlines_count else data.replace("\n", " "))


def read(markup: str, *, newlines_count: bool) -> tuple[str, Sequence[Media]]:
    """The text a reader sees, and the images. In what a person typed new lines count, in finished HTML they do not."""
    reader = _Reader(newlines_count=newlines_count)
    reader.feed(markup)
    reader.close()
    text = re.sub(r"[ \t\xa0]*\n[ \t]*", "\n", "".join(reader.parts))
    return re.sub(r"\n{3,}", "\n\n", text).strip(), reader.images
