"""Images of a post, fetched before anything is published: a failure here has created nothing."""

from shared.egress import Egress
from shared.errors import NotSent, OutcomeUnknown
from shared.networks.capabilities import Media, Refused

MOST_BYTES = 10_000_000


async def fetch(egress: Egress, medium: Media, most_bytes: int = MOST_BYTES) -> tuple[bytes, str]:
    """The bytes and the MIME type; raises `Refused` where the address has no image, `NotSent` where none came."""
    try:
        answer = await egress.request("GET", medium.url, max_bytes=most_bytes, redirects=3)
    except OutcomeUnknown as error:
        raise NotSent(f"the image did not come: {error.reason}") from error
    if answer.status >= 500:
        raise NotSent(f"the image's host answered {answer.status}")
    kind = medium.type or answer.headers.get("content-type", "").partition(";")[0]
    if answer.status != 200 or not kind.startswith("image/"):
        raise Refused(f"{medium.url} is not an image that can be fetched", "media")
    return answer.body, kind
