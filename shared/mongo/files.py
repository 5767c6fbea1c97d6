"""Files of a brand (evidence, media, exports) in GridFS."""

from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from bson import ObjectId

from shared.errors import Duplicate, NotFound
from shared.mongo.collections import SystemCollection
from shared.mongo.driver import Driver, file_bucket


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known about a file, without its content. `metadata` is what was put with it."""

    id: str
    name: str
    length: int
    stored_at: datetime
    metadata: dict[str, Any]


class Files:
    """Every method names the brand; another brand's file is `NotFound`."""

    def __init__(self, driver: Driver, native: Any) -> None:
        self._driver = driver
        self._bucket = file_bucket(native)
        self._headers = SystemCollection(driver, native["fs.files"])

    async def put(
        self,
        brand_id: str,
        name: str,
        content: bytes,
        metadata: dict[str, Any] | None = None,
        *,
        file_id: str | None = None,
    ) -> str:
        """Store a file and return its id, ours to choose. Raises `Duplicate` when that id is taken.

        A file is there with its header, which comes last: pieces without one are what a death left, and are replaced.
        """
        file_id = file_id or str(ObjectId())
        described = {**(metadata or {}), "brand_id": brand_id}
        try:
            await self._upload(file_id, name, content, described)
        except Duplicate:
            if await self._headers.get({"_id": file_id}) is not None:
                raise
            await self._remove(file_id)
            await self._upload(file_id, name, content, described)
        return file_id

    async def about(self, brand_id: str, file_id: str) -> StoredFile:
        """What is known about a file. Raises `NotFound`."""
        row = await self._headers.get({"_id": file_id, "metadata.brand_id": brand_id})
        if row is None:
            raise NotFound(f"file {file_id}")
        return _stored(row)

    async def of(self, brand_id: str, request_id: str | None = None, limit: int = 0) -> list[StoredFile]:
        """A brand's files by name: all, or those put with that `request_id` ("": with none)."""
        where: dict[str, Any] = {"metadata.brand_id": brand_id}
        if request_id is not None:
            where["metadata.request_id"] = request_id or None
        found = await self._headers.find(where, sort=("filename", "_id"), limit=limit)
        return [_stored(row) for row in found]

    async def get(self, brand_id: str, file_id: str) -> bytes:
        """A file's content. Raises `NotFound`."""
        await self.about(brand_id, file_id)
        content = BytesIO()
        await self._driver.call(self._bucket.download_to_stream, file_id, content)
        return content.getvalue()

    async def pieces(self, brand_id: str, file_id: str) -> AsyncGenerator[bytes, None]:
        """A file's content, a quarter of a megabyte at a time. Raises `NotFound` before the first."""
        await self.about(brand_id, file_id)
        content = await self._driver.call(self._bucket.open_download_stream, file_id)
        while piece := await self._driver.call(content.readchunk):
            yield bytes(piece)

    async def delete(self, brand_id: str, file_id: str) -> None:
        """Remove a file, and what a death left of one. Raises `NotFound` where no whole one was there."""
        if await self._headers.get({"_id": file_id, "metadata.brand_id": {"$ne": brand_id}}) is not None:
            raise NotFound(f"file {file_id}")
        await self._driver.call(self._bucket.delete, file_id)

    async def _upload(self, file_id: str, name: str, content: bytes, described: dict[str, Any]) -> None:
        await self._driver.call(self._bucket.upload_from_stream_with_id, file_id, name, content, metadata=described)

    async def _remove(self, file_id: str) -> None:
        with suppress(NotFound):  # said by the driver where there was no header; the pieces are gone all the same
            await self._driver.call(self._bucket.delete, file_id)


def _stored(row: dict[str, Any]) -> StoredFile:
    metadata = {key: value for key, value in row["metadata"].items() if key != "brand_id"}
    return StoredFile(row["_id"], row["filename"], row["length"], row["uploadDate"], metadata)
