"""Which bytes a browser may be shown as a picture: raster images only, known by how they begin, not by what a host
called them."""


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
