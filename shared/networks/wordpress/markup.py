"""Between what people read and WordPress' HTML, both ways."""

import re
import unicodedata
from collections.abc import Sequence
from html import escape

from shared.networks.capabilities import Media
from shared.networks.html_text import LINK

TITLE_LENGTH = 70
SLUG_LENGTH = 60


def blocks(text: str, link: str, images: Sequence[tuple[Media, int]]) -> str:
    """A post's content in the editor's own blocks: paragraphs, the link, images (each with its library id)."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    if link and link not in text:
        paragraphs.append(link)
    parts = [f"<!-- wp:paragraph -->\n<p>{_inline(part)}</p>\n<!-- /wp:paragraph -->" for part in paragraphs]
    parts += [_figure(image, number) for image, number in images]
    return "\n\n".join(parts)


def _figure(image: Media, number: int) -> str:
    picture = f'<img src="{escape(image.url)}" alt="{escape(image.alt)}" class="wp-image-{number}"/>'
    figure = f'<figure class="wp-block-image">{picture}</figure>'
    return f'<!-- wp:image {{"id":{number}}} -->\n{figure}\n<!-- /wp:image -->'


def _inline(paragraph: str) -> str:
    pieces, done = [], 0
    for found in LINK.finditer(paragraph):
        pieces.append(escape(paragraph[done : found.start()], quote=False))
        address = escape(found.group())
        pieces.append(f'<a href="{address}">{address}</a>')
        done = found.end()
    pieces.append(escape(paragraph[done:], quote=False))
    return "".join(pieces).strip().replace("\n", "<br>")


def comment(text: str) -> str:
    """A comment's content: WordPress makes paragraphs and links itself, and lets no one type HTML by accident."""
    return escape(text.strip(), quote=False)


def title(title_: str, text: str) -> str:
    """The post's title, or the first line of its text where it has none."""
    line = title_.strip() or next(iter(text.strip().splitlines()), "")
    if len(line) <= TITLE_LENGTH or title_.strip():
        return line
    return line[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…"


def slug(title_: str, delivery_id: str) -> str:
    """An address of our choosing: words of the title, then the end of the delivery's id, so that it can be found."""
    plain = unicodedata.normalize("NFKD", title_).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-")
    return f"{words or 'post'}-{tail(delivery_id)}"


def tail(delivery_id: str) -> str:
    """Ten characters that tell this delivery from any other."""
    return re.sub(r"[^a-z0-9]", "", delivery_id.lower())[-10:]


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, however spaced."""
    return one.split() == other.split()
