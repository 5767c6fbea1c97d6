"""A command has one effect however often it is sent: its answer is stored in the effect's own transaction."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi.responses import JSONResponse

from shared.auth import Command
from shared.errors import Duplicate
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.transactions import Transaction
from shared.problems import Problem

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command's 2xx says: `body` is JSON-safe and carries the new state with its `seq`."""

    body: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200

    def response(self) -> JSONResponse:
        """As HTTP."""
        return JSONResponse(dict(self.body), self.status)


def answers(status: int, example: Any, description: str = "The whole new state") -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: what its 2xx looks like."""
    return {status: {"description": description, "content": {"application/json": {"example": example}}}}


class Answers:
    """The service's `commands` collection: (brand, idempotency key) → request hash and answer, for a day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = database.brand("commands", Index("at", ttl_seconds=KEPT_SECONDS))

    async def once(self, command: Command, work: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
        """Do `work` in a transaction and remember its answer in it.

        A repeated command gets the stored answer, another request under the same key a 422. What `work`
        raises is not remembered; a write conflict runs it again.
        """

        async def attempt(tx: Transaction) -> Answer:
            known = await self._known(command, tx)
            if known is not None:
                return known
            answer = await work(tx)
            await self._rows.insert(await self._row(command, answer), tx=tx)
            return answer

        try:
            return await self._database.transact(attempt)
        except Duplicate:
            known = await self._known(command)
            if known is None:
                raise
            return known

    async def _known(self, command: Command, tx: Transaction | None = None) -> Answer | None:
        row = await self._rows.get({"_id": _row_id(command), "brand_id": command.brand_id}, tx=tx)
        if row is None:
            return None
        if row["request"] != command.request_hash:
            raise Problem(422, "this Idempotency-Key was used for another request")
        return Answer(row["body"], row["status"])

    async def _row(self, command: Command, answer: Answer) -> dict[str, Any]:
        at = await self._database.now()
        row = {"_id": _row_id(command), "brand_id": command.brand_id, "request": command.request_hash}
        return {**row, "status": answer.status, "body": dict(answer.body), "at": at}


def _row_id(command: Command) -> str:
    return f"{command.brand_id}:{command.person}:{command.idempotency_key}"
