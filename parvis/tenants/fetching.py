"""Fetches what the services have put ready of a brand, and the brand's own files, into a folder."""

import gzip
import re
from pathlib import Path

from parvis.api import State
from parvis.backup.whose import Step
from parvis.ops.engines import databases
from shared.mongo.files import Files


async def fetch(brand_id: str, report: State, folder: Path, step: Step) -> None:
    """`<service>/<collection>.jsonl` and `<service>/files/<id>`; what was put ready is then removed."""
    services = tuple(sorted(report["answers"]))
    done = step("fetching", len(services))
    _made(folder)
    async with databases(services) as opened:
        for service, database in opened.items():
            await _lines(database.files, brand_id, report["request_id"], folder / service)
            await _media(database.files, brand_id, folder / service / "files")
            done(1)


async def _lines(files: Files, brand_id: str, request_id: str, folder: Path) -> None:
    """The pieces of a collection follow each other by name and id."""
    pieces = await files.of(brand_id, request_id=request_id)
    for piece in pieces:
        with (_made(folder) / piece.name.removesuffix(".gz")).open("ab") as out:
            out.write(gzip.decompress(await files.get(brand_id, piece.id)))
    for piece in pieces:
        await files.delete(brand_id, piece.id)


async def _media(files: Files, brand_id: str, folder: Path) -> None:
    for file in await files.of(brand_id, request_id=""):
        with (_made(folder) / re.sub(r"[^\w.-]", "_", file.id)).open("wb") as out:
            async for piece in files.pieces(brand_id, file.id):
                out.write(piece)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
