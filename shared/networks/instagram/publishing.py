"""Publishing in two steps: a container that nobody sees, made ready by Instagram; then the one call that shows it.

https://developers.facebook.com/docs/instagram-platform/content-publishing/, read 2026-11-21.
"""

import asyncio
import json
from collections.abc import Mapping

from shared.errors import NotSent, OutcomeUnknown
from shared.networks.capabilities import Account, Gone, Media, Refused, Rendition
from shared.networks.instagram.codes import caption, is_video
from shared.networks.meta.graph import Graph

LOOKS = 10
PAUSE = 0.5
AGAIN_AFTER = 20.0
NOT_READY = "9007"


async def container(graph: Graph, account: Account, rendition: Rendition) -> str:
    """A container's id. Whatever goes wrong here has published nothing. Raises `Refused`, `NotSent`, …"""
    if not rendition.media:
        raise Refused("Instagram needs a picture or a video", "media")
    text = {"caption": caption(rendition)}
    if len(rendition.media) == 1:
        return await _made(graph, account, {**_fields(rendition.media[0]), **text})
    parts = [await _made(graph, account, {**_item(one), "is_carousel_item": "true"}) for one in rendition.media]
    for part in parts:
        await until_ready(graph, account, part)
    return await _made(graph, account, {"media_type": "CAROUSEL", "children": json.dumps(parts), **text})


async def until_ready(graph: Graph, account: Account, container_id: str) -> None:
    """Returns once the container can be published; `NotSent` while Instagram still works on it."""
    for look in range(LOOKS):
        if look:
            await asyncio.sleep(PAUSE)
        try:
            found = await graph.get(account, container_id, fields="id,status_code,status")
        except (OutcomeUnknown, Gone) as error:
            raise NotSent(f"nobody knows how far a container is: {error}") from error
        state = found.get("status_code")
        if state == "ERROR":
            raise Refused(str(found.get("status") or "Instagram could not read the picture or video"), "media")
        if state == "EXPIRED":
            raise NotSent("a container expired before it was published")
        if state == "FINISHED":
            return
    raise NotSent("Instagram is still working on the picture or video", AGAIN_AFTER)


async def show(graph: Graph, account: Account, container_id: str) -> str:
    """The one call that creates: the id of what all can see now."""
    try:
        found = await graph.post(account, f"{account.account_id}/media_publish", creation_id=container_id)
    except Refused as error:
        if error.code == NOT_READY:
            raise NotSent("Instagram is still working on the picture or video", AGAIN_AFTER) from error
        raise
    if not found.get("id"):
        raise OutcomeUnknown("created, but the answer names no id")
    return str(found["id"])


async def _made(graph: Graph, account: Account, fields: Mapping[str, str]) -> str:
    try:
        return str((await graph.post(account, f"{account.account_id}/media", **fields))["id"])
    except (OutcomeUnknown, KeyError) as error:
        raise NotSent(f"a container was not made: {error}") from error


def _fields(medium: Media) -> dict[str, str]:
    return {"media_type": "REELS", "video_url": medium.url} if is_video(medium) else _item(medium)


def _item(medium: Media) -> dict[str, str]:
    """A reel has no description for those who cannot see it; a picture has."""
    if is_video(medium):
        return {"media_type": "VIDEO", "video_url": medium.url}
    return {"image_url": medium.url} | ({"alt_text": medium.alt} if medium.alt else {})
