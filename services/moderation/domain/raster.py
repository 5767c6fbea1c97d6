"""Which bytes a browser may be shown as a picture: raster images only, known by how they begin, not by what a host
called them, and none that would fill the browser's memory when unpacked."""

from collections.abc import Callable, Mapping

MOST_PIXELS = 50_000_000  # 200 MB in a browser; the largest cameras' pictures fit
Size = tuple[int, int]
NO_SIZE = (0xC4, 0xC8, 0xCC)  # JPEG: tables and extensions between the start-of-frame markers


def raster_type(head: bytes) -> str:
    """The media type that the first twelve bytes prove; empty for anything else (an SVG is a document)."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return ""


def shown_type(body: bytes) -> str:
    """The media type of a whole file that may be shown in place; empty where it tells no size, or too large a one."""
    kind = raster_type(body)
    width, height = _SIZES[kind](body) if kind else (0, 0)
    return kind if 0 < width * height <= MOST_PIXELS else ""


def _png(body: bytes) -> Size:
    """PNG 3, 11.2.1: the header chunk comes first."""
    return (_big(body[16:20]), _big(body[20:24])) if body[12:16] == b"IHDR" else (0, 0)


def _gif(body: bytes) -> Size:
    """GIF89a, 18: the logical screen, in which all frames are drawn."""
    return _little(body[6:8]), _little(body[8:10])


def _jpeg(body: bytes) -> Size:
    """ISO 10918-1, B.1.1 and B.2.2: segments up to the frame header."""
    at = 2
    while at + 9 <= len(body) and body[at] == 0xFF:
        marker, length = body[at + 1], _big(body[at + 2 : at + 4])
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in NO_SIZE:
            return _big(body[at + 7 : at + 9]), _big(body[at + 5 : at + 7])
        else:
            at += 2 + max(length, 2)
    return 0, 0


def _webp(body: bytes) -> Size:
    """RFC 9649, 2.5 to 2.7: lossy, lossless or extended."""
    if len(body) < 30:
        return 0, 0
    if body[12:16] == b"VP8X":
        return 1 + _little(body[24:27]), 1 + _little(body[27:30])
    if body[12:16] == b"VP8L":
        bits = _little(body[21:25])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return _little(body[26:28]) & 0x3FFF, _little(body[28:30]) & 0x3FFF


def _big(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


def _little(octets: bytes) -> int:
    return int.from_bytes(octets, "little")


_SIZES: Mapping[str, Callable[[bytes], Size]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
}
