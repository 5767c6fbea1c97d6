"""What a reader sees of HTML that somebody else wrote, for networks that speak it."""

import re
from collections.abc import Sequence
from html import unescape
from html.parser import HTMLParser

from shared.networks.capabilities import Media

LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]", re.IGNORECASE)
SILENT = frozenset({"script", "style"})
BREAKS = {"br": "\n", "p": "\n\n", "li": "\n", "blockquote": "\n\n", "div": "\n"}


class Tolerant(HTMLParser):
    """Collects text out of whatever is sent, in a time that grows with its length; nothing is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def read(self, markup: str) -> str:
        """All of it. A tag that never ends is text: `close` would look for its end from each place anew."""
        self.feed(markup)
        self.handle_data(unescape(self.rawdata))
        return "".join(self.parts)

    def parse_html_declaration(self, i: int) -> int:
        """`<![…>` is a comment, as browsers have it; the library raises an error where it does not know the word."""
        unknown = self.rawdata.startswith("<![", i)
        return self.parse_bogus_comment(i) if unknown else super().parse_html_declaration(i)

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        self.parts.append(data)


class _Reader(Tolerant):
    """Text, and images. A link keeps its address: what it hides is what a moderator wants to see."""

    def __init__(self, *, newlines_count: bool) -> None:
        super().__init__()
        self.images: list[Media] = []
        self._newlines_count = newlines_count
        self._silent = 0
        self._address, self._label = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in SILENT:
            self._silent += 1
        elif tag == "img" and values.get("src"):
            self.images.append(Media(values["src"], alt=values.get("alt", "")))
        elif tag == "a":
            self._address, self._label = values.get("href", ""), len(self.parts)
        self.parts.append(BREAKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a":
            if LINK.match(self._address) and self._address not in "".join(self.parts[self._label :]):
                self.parts.append(f" ({self._address})")
            self._address = ""
        elif tag != "br":
            self.parts.append(BREAKS.get(tag, ""))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            super().handle_data(data if self._newlines_count else data.replace("\n", " "))


def read(markup: str, *, newlines_count: bool) -> tuple[str, Sequence[Media]]:
    """The text a reader sees, and the images. In what a person typed new lines count, in finished HTML they do not."""
    reader = _Reader(newlines_count=newlines_count)
    lines = (line.rstrip(" \t\xa0").lstrip(" \t") for line in reader.read(markup).split("\n"))
    text = "\n".join(lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip(), reader.images
