"""What was kept of a case before anything was hidden: the text as it stood, and the media as they were fetched."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, StreamingResponse

from services.moderation.domain.raster import raster_type
from services.moderation.store.cases import Cases
from shared.auth import Command, command
from shared.errors import NotFound
from shared.mongo.database import Database
from shared.problems import responses

MayRead = Annotated[Command, Depends(command("read"))]
ANSWERS = responses(401, 403, 404)
UNKNOWN_TYPE = "application/octet-stream"
EXAMPLE: dict[str, Any] = {
    "case_id": "4f7c9f0e-52b1-5d0e-9d1b-0f5b3f9a6c11",
    "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
    "evidence": [
        {
            "evidence_id": "0d9a2f6b-8c3f-5a77-8b0e-6a1d3f0c2b94",
            "revision": 1,
            "text": "Bande de clowns, vous êtes des voleurs",
            "sha256": "5b1f0c3e9a…",
            "author": {"id": "p-17", "external_id": "17", "name": "Gaz Porter", "handle": "gaz"},
            "said_at": "2026-11-25T10:38:00Z",
            "media": [
                {
                    "url": "https://pics.example/a.png",
                    "state": "kept",
                    "file_id": "a1d6b0c2-5d0f-5b7e-9f52-1f0e6c1d7a88",
                    "sha256": "91c4e7d20b…",
                    "size": 120400,
                    "picture": "image/png",
                },
                {
                    "url": "https://pics.example/b.png",
                    "state": "missing",
                    "why": "media not obtained: the host answered 404",
                },
            ],
        }
    ],
}
SHOWN: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"example": EXAMPLE}}}}
# What strangers sent is never a page of ours: not guessed at, no script, no form, no origin.
GUARDED = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


@dataclass(frozen=True, slots=True)
class Archive:
    """Evidence of cases, brand by brand."""

    database: Database
    cases: Cases

    async def of(self, brand_id: str, case_id: str) -> dict[str, Any]:
        """All that a case has kept, the oldest revision first. Raises `NotFound`."""
        case = await self.cases.get(brand_id, case_id)
        if case is None:
            raise NotFound(f"case {case_id}")
        return {"case_id": case_id, "interaction_id": case["interaction_id"], "evidence": case["evidence"]}

    async def medium(self, brand_id: str, case_id: str, file_id: str) -> StreamingResponse:
        """One stored file of the case, piece by piece; shown in place only where it was found to be a picture."""
        found = await self.of(brand_id, case_id)
        media = (one for kept in found["evidence"] for one in kept["media"] if one.get("file_id") == file_id)
        medium = next(media, None)
        if medium is None:
            raise NotFound(f"file {file_id}")
        about = await self.database.files.about(brand_id, file_id)
        pieces = self.database.files.pieces(brand_id, file_id)
        first = await anext(pieces, b"")
        shown = raster_type(first) if medium.get("picture") else ""
        headers = {
            **GUARDED,
            "Content-Length": str(about.length),
            "Content-Disposition": "inline" if shown else f'attachment; filename="{file_id}"',
            "Content-Type": shown or _declared(about.metadata.get("content_type", "")),
        }
        return StreamingResponse(_from(first, pieces), headers=headers)


def routes(archive: Archive) -> APIRouter:
    """Read by whoever may read the brand."""
    router = APIRouter(tags=["evidence"], responses=ANSWERS)

    @router.get("/brands/{brand_id}/cases/{case_id}/evidence", responses=SHOWN)
    async def read(brand_id: str, case_id: str, who: MayRead) -> JSONResponse:
        """Text, author, time and place as they stood; of each medium its SHA-256, or why it was not obtained."""
        return JSONResponse(jsonable_encoder(await archive.of(who.brand_id, case_id)))

    @router.get("/brands/{brand_id}/cases/{case_id}/evidence/{file_id}", response_class=StreamingResponse)
    async def medium(brand_id: str, case_id: str, file_id: str, who: MayRead) -> StreamingResponse:
        """One medium as it was fetched."""
        return await archive.medium(who.brand_id, case_id, file_id)

    return router


def _declared(kind: str) -> str:
    """The type that the host declared, without parameters; octets where that is no type."""
    found = re.fullmatch(r"\s*([a-zA-Z0-9.+-]+/[a-zA-Z0-9.+-]+)\s*(;.*)?", kind)
    return found[1].lower() if found else UNKNOWN_TYPE


async def _from(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece
