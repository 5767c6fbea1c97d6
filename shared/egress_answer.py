"""What comes back from an outward call: whole, unpacked, and never more than was asked for."""

import json as jsonlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from shared.errors import OutcomeUnknown


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer; header names are lower-case. `url` is where it came from, after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str = ""

    def json(self) -> Any:
        """The body as JSON; raises ValueError."""
        try:
            return jsonlib.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None

    @property
    def text(self) -> str:
        """The body as UTF-8; what is not becomes U+FFFD."""
        return self.body.decode(errors="replace")


async def read_body(answer: httpcore.Response, headers: httpx.Headers, limit: int) -> bytes:
    """The body, unpacked as it comes and never beyond `limit`; too much of it leaves the outcome unknown."""
    packing = headers.get("content-encoding", "identity").lower()
    if packing not in ("identity", "gzip", "x-gzip", "deflate", ""):
        raise OutcomeUnknown(f"the answer is packed as {packing}, which was not asked for")
    if packing in ("identity", "") and int(headers.get("content-length", "0")) > limit:
        raise OutcomeUnknown(f"the answer is over {limit} bytes")
    unpack = zlib.decompressobj(32 + zlib.MAX_WBITS) if packing not in ("identity", "") else None
    whole, came = bytearray(), 0
    async for chunk in answer.aiter_stream():
        came += len(chunk)
        try:
            whole += unpack.decompress(chunk, limit + 1 - len(whole)) if unpack else chunk
        except zlib.error:
            raise OutcomeUnknown("the answer cannot be unpacked") from None
        if max(came, len(whole)) > limit:
            raise OutcomeUnknown(f"the answer is over {limit} bytes")
    if unpack and whole and not unpack.eof:
        raise OutcomeUnknown("the packed answer breaks off")
    return bytes(whole)
