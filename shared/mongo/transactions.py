"""Transactions by our own loop: Motor's would spin for two minutes on an error that returns each time."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import pymongo
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.bus.envelope import EncodedMessage, Outgoing, encode
from shared.errors import DeadlinePassed, StatementFailed
from shared.mongo.deadline import deadline
from shared.mongo.driver import DRIVER_ERRORS, Driver, settled
from shared.mongo.outbox import Outbox, OutboxRow

T = TypeVar("T")

TRIES = 5
SECONDS = 5.0
ABORT_SECONDS = 1.0
PAUSE = 0.01


class Transaction:
    """One try at writing several documents together. Pass it as `tx` to each operation, one at a time.

    Read what is known first: an operation that fails ends the transaction, even when its error is caught.
    """

    def __init__(self, driver: Driver, session: Any, source: str) -> None:
        self.failure: Exception | None = None
        self.rows: list[OutboxRow] = []
        self._driver = driver
        self._session = session
        self._source = source
        self._open = True

    def emit(self, outgoing: Outgoing | EncodedMessage, *, not_before: datetime | None = None) -> str:
        """Put an event in the outbox: it leaves after the commit, and `not_before` (by the server's clock).

        Returns the row's id, by which `outbox.remove_before_due` can still take it back.
        """
        message = encode(outgoing, self._source) if isinstance(outgoing, Outgoing) else outgoing
        row = OutboxRow.new(message, not_before)
        self.rows.append(row)
        return row.id

    async def call(self, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a driver operation as part of this transaction."""
        if not self._open:
            raise StatementFailed("this transaction has ended")
        try:
            return await self._driver.attempt(operation, *args, session=self._session, **kwargs)
        except DRIVER_ERRORS as error:
            self.failure = error
            raise await self._driver.translated(error) from error

    async def commit(self) -> None:
        """Commit; while its outcome is unknown and there is time, ask again for the commit alone."""
        if self.failure is not None:
            raise await self._driver.translated(self.failure) from self.failure
        while not await self._committed():  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(PAUSE)

    async def _committed(self) -> bool:
        unknown = self.failure
        try:
            await self._driver.attempt(self._session.commit_transaction)
        except DeadlinePassed:
            if unknown is None:
                raise
            raise await self._driver.translated(unknown) from unknown
        except PyMongoError as error:
            self.failure = error
            if error.has_error_label("UnknownTransactionCommitResult"):
                return False
            raise await self._driver.translated(error) from error
        return True

    async def end(self) -> None:
        """Give the session back; what was not committed is undone."""
        self._open = False
        with pymongo.timeout(ABORT_SECONDS):
            await settled(self._session.end_session())

    @property
    def worth_another_try(self) -> bool:
        """Whether the server says that the same work may succeed when done again."""
        return isinstance(self.failure, PyMongoError) and self.failure.has_error_label("TransientTransactionError")


async def transact(driver: Driver, outbox: Outbox, source: str, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Do `work` and commit it, at most 5 times and 5 s in all; then tell the outbox what to publish.

    `work` may run several times and must have no effect outside its transaction. Besides its own errors this
    raises those of the collections; after `Unavailable` or `DeadlinePassed` it may or may not be committed.
    """
    with deadline(SECONDS):
        for tries_left in reversed(range(TRIES)):
            tx = await _begun(driver, source)
            try:
                result = await work(tx)
                await outbox.add(tx, tx.rows)
                await tx.commit()
                break
            except Exception:
                if not (tries_left and tx.worth_another_try):
                    raise
            finally:
                await tx.end()
            await asyncio.sleep(PAUSE * 4 ** (TRIES - tries_left) * random.random())  # noqa: S311 - spreads retries, hides nothing
    outbox.announce(tx.rows)
    return result


async def _begun(driver: Driver, source: str) -> Transaction:
    session = await driver.call(driver.client.start_session)
    await settled(
        session.start_transaction(read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority", j=True))
    )
    return Transaction(driver, session, source)
