"""What was uploaded to Mastodon: kept, shown under its own address, attached to statuses."""

import base64
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from parvis.simulator.mastodon_shapes import MastodonError, not_found
from parvis.simulator.world import World


async def store_media(world: World, request: Request, origin: str) -> dict[str, Any]:
    """A file and its description. Raises `MastodonError`."""
    form = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise MastodonError(422, "Validation failed: File can't be blank")
    kind = file.content_type or ""
    if not kind.startswith(("image/", "video/")):
        raise MastodonError(422, "Validation failed: File content type is invalid")
    number = str(world.next_number())
    content = base64.b64encode(await file.read()).decode()
    row = {"id": number, "kind": kind, "description": str(form.get("description") or ""), "content": content}
    world.media[number] = row
    world.journal.put("media", number, row)
    return show_media(world, number, origin)


def show_media(world: World, number: str, origin: str) -> dict[str, Any]:
    row = world.media.get(number)
    if row is None:
        raise not_found()
    url = address(origin, number)
    return {
        "id": number, "type": row["kind"].partition("/")[0], "url": url, "preview_url": url, "remote_url": None,
        "meta": {}, "description": row["description"] or None, "blurhash": None,
    }  # fmt: skip


def media_of(world: World, params: Mapping[str, Any], origin: str) -> list[str]:
    """The addresses of what a new status shows. Raises `MastodonError`."""
    numbers = [str(one) for one in params.get("media_ids") or ()]
    if len(numbers) > 4 or any(number not in world.media for number in numbers):
        raise MastodonError(422, "Validation failed: cannot attach these files")
    return [address(origin, number) for number in numbers]


def address(origin: str, number: str) -> str:
    return f"{origin}/media/{number}"
