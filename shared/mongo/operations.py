"""What one line of a bulk does, and what writing answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pymongo

Document: TypeAlias = dict[str, Any]
Filter: TypeAlias = Mapping[str, Any]
# A document of update operators, or a pipeline.
Update: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class UpdateOne:
    """Change the first document that the filter finds; with `upsert`, make it where none is found."""

    filter: Filter
    update: Update
    upsert: bool = False

    def native(self) -> Any:
        """The driver's form."""
        return pymongo.UpdateOne(self.filter, self.update, self.upsert)


@dataclass(frozen=True, slots=True)
class ReplaceOne:
    """Put `document` in the place of the first that the filter finds, or with `upsert` of none."""

    filter: Filter
    document: Document
    upsert: bool = False

    def native(self) -> Any:
        """The driver's form."""
        return pymongo.ReplaceOne(self.filter, self.document, self.upsert)


@dataclass(frozen=True, slots=True)
class InsertOne:
    """Add a document."""

    document: Document

    def native(self) -> Any:
        """The driver's form."""
        return pymongo.InsertOne(self.document)


@dataclass(frozen=True, slots=True)
class DeleteOne:
    """Remove the first document that the filter finds."""

    filter: Filter

    def native(self) -> Any:
        """The driver's form."""
        return pymongo.DeleteOne(self.filter)


Operation: TypeAlias = UpdateOne | ReplaceOne | InsertOne | DeleteOne


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """How many documents the filter found, and how many of them changed."""

    matched: int
    modified: int


@dataclass(frozen=True, slots=True)
class BulkResult:
    """Sums over a bulk. `duplicates` lists the positions that met an existing key and therefore did nothing."""

    matched: int
    modified: int
    duplicates: list[int]


def update_result(native: Any) -> UpdateResult:
    """Read the driver's answer to an update or a replacement."""
    return UpdateResult(native.matched_count, native.modified_count)


def bulk_result(details: Mapping[str, Any]) -> BulkResult:
    """Read the driver's sums of a bulk, whose only failures are existing keys."""
    return BulkResult(
        details["nMatched"],
        details["nModified"],
        sorted(failure["index"] for failure in details["writeErrors"]),
    )
