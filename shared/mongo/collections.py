"""Plain values in and out. `BrandCollection` is the way in; `SystemCollection` sees all brands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from pymongo import ReturnDocument
from pymongo.errors import BulkWriteError

from shared.errors import Duplicate
from shared.mongo import brand_rule
from shared.mongo.deadline import patience
from shared.mongo.driver import Driver, drained
from shared.mongo.indexes import Index, Keys, pairs
from shared.mongo.operations import (
    BulkResult,
    Document,
    Filter,
    Operation,
    Update,
    UpdateResult,
    bulk_result,
    update_result,
)

if TYPE_CHECKING:
    from shared.mongo.transactions import Transaction

BUILD_SECONDS = 600.0
Pipeline = Sequence[Mapping[str, Any]]
Projection = Mapping[str, Any] | Sequence[str]


class SystemCollection:
    """A collection without the brand's guard: for loops, migrations and sign-in only.

    Methods raise `Unavailable`, `DeadlinePassed` or `StatementFailed`, and take as `tx` their transaction.
    """

    def __init__(self, driver: Driver, native: Any, indexes: Sequence[Index] = ()) -> None:
        self.name: str = native.name
        self.indexes = tuple(indexes)
        self._driver = driver
        self._native = native

    async def get(
        self, where: Filter, projection: Projection | None = None, *, tx: Transaction | None = None
    ) -> Document | None:
        """The first document found, or None."""
        self._may_read(where)
        found: Document | None = await self._call(tx, self._native.find_one, where, projection)
        return found

    async def find(
        self,
        where: Filter,
        *,
        sort: Keys | None = None,
        limit: int = 0,
        skip: int = 0,
        projection: Projection | None = None,
        tx: Transaction | None = None,
    ) -> list[Document]:
        """All documents found, or the first `limit` after `skip` in the order of `sort`."""
        self._may_read(where)
        order = None if sort is None else pairs(sort)
        found: list[Document] = await self._drain(
            tx, self._native.find, where, projection, sort=order, limit=limit, skip=skip
        )
        return found

    async def count(self, where: Filter, *, tx: Transaction | None = None) -> int:
        """How many documents the filter finds."""
        self._may_read(where)
        counted: int = await self._call(tx, self._native.count_documents, where)
        return counted

    async def distinct(self, field: str, where: Filter, *, tx: Transaction | None = None) -> list[Any]:
        """The values that `field` has in the documents found, each once."""
        self._may_read(where)
        values: list[Any] = await self._call(tx, self._native.distinct, field, where)
        return values

    async def aggregate(self, pipeline: Pipeline, *, tx: Transaction | None = None) -> list[Document]:
        """The result of a pipeline."""
        self._may_aggregate(pipeline)
        found: list[Document] = await self._drain(tx, self._native.aggregate, list(pipeline))
        return found

    async def insert(self, document: Document, *, tx: Transaction | None = None) -> None:
        """Add a document. Raises `Duplicate`."""
        self._may_write(document)
        await self._call(tx, self._native.insert_one, document)

    async def insert_many(self, documents: Sequence[Document], *, tx: Transaction | None = None) -> None:
        """Add documents in order. Raises `Duplicate` at the first that is there; those before it stay."""
        for document in documents:
            self._may_write(document)
        if documents:
            await self._call(tx, self._native.insert_many, documents)

    async def update(
        self, where: Filter, update: Update, *, upsert: bool = False, tx: Transaction | None = None
    ) -> UpdateResult:
        """Change the first document found."""
        self._may_write(where)
        return update_result(await self._call(tx, self._native.update_one, where, update, upsert=upsert))

    async def update_many(self, where: Filter, update: Update, *, tx: Transaction | None = None) -> UpdateResult:
        """Change every document found."""
        self._may_write(where)
        return update_result(await self._call(tx, self._native.update_many, where, update))

    async def find_and_update(
        self,
        where: Filter,
        update: Update,
        *,
        upsert: bool = False,
        sort: Keys | None = None,
        before: bool = False,
        tx: Transaction | None = None,
    ) -> Document | None:
        """Change the first document found, and return it as it is then (or, with `before`, as it was)."""
        self._may_write(where)
        which = ReturnDocument.BEFORE if before else ReturnDocument.AFTER
        order = None if sort is None else pairs(sort)
        found: Document | None = await self._call(
            tx, self._native.find_one_and_update, where, update, None, order, upsert, which
        )
        return found

    async def replace(
        self, where: Filter, document: Document, *, upsert: bool = False, tx: Transaction | None = None
    ) -> UpdateResult:
        """Put `document` in the place of the first found."""
        self._may_replace(where, document)
        return update_result(await self._call(tx, self._native.replace_one, where, document, upsert))

    async def delete(self, where: Filter, *, tx: Transaction | None = None) -> int:
        """Remove every document found; how many."""
        self._may_write(where)
        return int((await self._call(tx, self._native.delete_many, where)).deleted_count)

    async def bulk(self, operations: Sequence[Operation], *, tx: Transaction | None = None) -> BulkResult:
        """Do many operations in one call, in no promised order.

        Those that meet an existing key are listed, not raised; inside a transaction, which such a key ends,
        `Duplicate` is raised.
        """
        self._may_bulk(operations)
        if not operations:
            return BulkResult(0, 0, [])
        native = [operation.native() for operation in operations]
        try:
            result = await self._call(tx, self._native.bulk_write, native, ordered=False)
        except Duplicate as duplicate:
            if tx is not None:
                raise
            return bulk_result(cast("BulkWriteError", duplicate.__cause__).details)
        return bulk_result(result.bulk_api_result)

    async def make_indexes(self) -> None:
        """Make the declared indexes; those that exist as declared are left alone."""
        if self.indexes:
            native = [index.native() for index in self.indexes]
            with patience(BUILD_SECONDS):
                await self._driver.call(self._native.create_indexes, native)

    async def _call(self, tx: Transaction | None, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await (self._driver if tx is None else tx).call(operation, *args, **kwargs)

    async def _drain(self, tx: Transaction | None, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await (self._driver if tx is None else tx).call(drained, operation, *args, **kwargs)

    def _may_read(self, where: Filter) -> None:
        """What a subclass refuses to read."""

    def _may_aggregate(self, pipeline: Pipeline) -> None:
        """What a subclass refuses to aggregate."""

    def _may_write(self, source: Filter) -> None:
        """What a subclass refuses as a filter of a change, or as a new document."""

    def _may_replace(self, where: Filter, document: Document) -> None:
        """What a subclass refuses to replace."""

    def _may_bulk(self, operations: Sequence[Operation]) -> None:
        """What a subclass refuses in a bulk."""


class BrandCollection(SystemCollection):
    """A collection whose every operation names its brand by equality, else `BrandMissing`.

    Reads (`get`, `find`, `count`, `distinct`, `aggregate`) may name several by `$in`.
    """

    def _may_read(self, where: Filter) -> None:
        brand_rule.names_brands(where)

    def _may_aggregate(self, pipeline: Pipeline) -> None:
        brand_rule.pipeline_names_brands(pipeline)

    def _may_write(self, source: Filter) -> None:
        brand_rule.names_brand(source)

    def _may_replace(self, where: Filter, document: Document) -> None:
        brand_rule.replacement_keeps_brand(where, document)

    def _may_bulk(self, operations: Sequence[Operation]) -> None:
        for operation in operations:
            brand_rule.operation_names_brand(operation)
