"""The folder of a backup: `offsets.json` first, then `<service>/<collection>.bson.gz`, and `manifest.json` last."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from parvis.errors import CommandFailed

FORMAT = 1
OFFSETS, MANIFEST = "offsets.json", "manifest.json"
BATCH_BYTES, BATCH_DOCUMENTS = 4_000_000, 1_000
PIECE = 1 << 20
LEVEL = 4  # of gzip: a third of the time of the usual 9 for a few percent more


@dataclass(frozen=True, slots=True)
class Held:
    """One collection in the copy: its file's SHA-256, what is in it, and its indexes as JSON."""

    sha256: str
    documents: int
    bytes: int
    indexes: list[str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a whole copy holds. It is written last: without it the copy is half."""

    taken_at: str
    cluster: str
    offsets_sha256: str
    epoch: int
    databases: dict[str, dict[str, Held]] = field(default_factory=dict)
    format: int = FORMAT
    parvis: str = field(default_factory=lambda: version("parvis"))

    @property
    def documents(self) -> int:
        """Of all collections."""
        return sum(held.documents for collections in self.databases.values() for held in collections.values())


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is, or is to be, a backup."""

    path: Path

    def begin(self) -> None:
        """An empty folder, made where there is none. Raises `CommandFailed`."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if any(self.path.iterdir()):
                raise CommandFailed(f"{self.path} is not empty: each backup has a folder of its own")
        except (FileExistsError, NotADirectoryError, PermissionError) as error:
            raise CommandFailed(f"{self.path} cannot be written: {error.strerror}") from error

    def write_json(self, name: str, content: Any) -> str:
        """Whole or not at all; its SHA-256."""
        text = json.dumps(content, indent=1, sort_keys=True).encode()
        written = self.path / f"{name}.part"
        written.write_bytes(text)
        written.replace(self.path / name)
        return hashlib.sha256(text).hexdigest()

    def write(
        self, service: str, collection: str, batches: Iterable[bytes], indexes: list[str], done: Callable[[int], None]
    ) -> Held:
        """Store a collection as its batches come; `done` is told how many documents more."""
        file = self.file(service, collection)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        documents = size = 0
        with gzip.open(file, "wb", compresslevel=LEVEL) as out:
            for batch in batches:
                out.write(batch)
                size += len(batch)
                documents += (more := sum(1 for _ in _lengths(batch)))
                done(more)
        return Held(_sha256(file), documents, size, indexes)

    def read(self, service: str, collection: str) -> Iterator[list[bytes]]:
        """A collection's documents, some at a time."""
        batch: list[bytes] = []
        size = 0
        with gzip.open(self.file(service, collection), "rb") as stored:
            while head := stored.read(4):
                batch.append(head + stored.read(int.from_bytes(head, "little") - 4))
                size += len(batch[-1])
                if len(batch) >= BATCH_DOCUMENTS or size >= BATCH_BYTES:
                    yield batch
                    batch, size = [], 0
        if batch:
            yield batch

    def end(self, manifest: Manifest) -> None:
        """The copy is whole."""
        self.write_json(MANIFEST, asdict(manifest))

    def manifest(self) -> Manifest:
        """What the copy holds. Raises `CommandFailed` where it is none, half, or of a newer Parvis."""
        told = self._json(MANIFEST, "it is no backup, or half of one: the manifest is written last")
        if told.get("format") != FORMAT or _numbers(told["parvis"]) > _numbers(version("parvis")):
            raise CommandFailed(
                f"{self.path} was made by Parvis {told.get('parvis')} (format {told.get('format')}); this is "
                f"{version('parvis')} (format {FORMAT}): restore it with that version"
            )
        databases = {
            service: {name: Held(**held) for name, held in collections.items()}
            for service, collections in told.pop("databases").items()
        }
        return Manifest(**told, databases=databases)

    def offsets(self) -> dict[str, dict[str, dict[str, int]]]:
        """Group (without the deployment's prefix) → topic → partition → offset."""
        groups: dict[str, dict[str, dict[str, int]]] = self._json(OFFSETS, "it is half a backup")["groups"]
        return groups

    def wrong(self, manifest: Manifest) -> Iterator[tuple[str, str]]:
        """Each file in turn, and what is wrong with it ("" where nothing is)."""
        wanted = {self.path / OFFSETS: manifest.offsets_sha256}
        for service, collections in manifest.databases.items():
            wanted |= {self.file(service, name): held.sha256 for name, held in collections.items()}
        for file, sha256 in wanted.items():
            name = str(file.relative_to(self.path))
            if not file.exists():
                yield name, f"{name} is missing"
            else:
                yield name, "" if _sha256(file) == sha256 else f"{name} is not as it was written"

    def file(self, service: str, collection: str) -> Path:
        """Where a collection is; as `mongodump --gzip` would write it."""
        return self.path / service / f"{collection}.bson.gz"

    def _json(self, name: str, otherwise: str) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads((self.path / name).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            raise CommandFailed(f"{self.path / name} is not there: {otherwise}") from None
        except ValueError:
            raise CommandFailed(f"{self.path / name} cannot be read: the copy is damaged") from None
        return content


def _lengths(batch: bytes) -> Iterator[int]:
    """A BSON document begins with its length."""
    at = 0
    while at < len(batch):
        length = int.from_bytes(batch[at : at + 4], "little")
        yield length
        at += length


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stored:
        while piece := stored.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _numbers(told: str) -> tuple[int, ...]:
    return tuple(int(part) for part in told.split(".") if part.isdigit())
