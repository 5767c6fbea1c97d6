"""A small receiver of webhooks: what is not signed by Parvis is refused, what cannot be written now comes again."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response

from shared.middleware import BodyCap
from shared.webhooks import SignatureWrong, verify

Write = Callable[[Mapping[str, Any]], Awaitable[None]]


class NotNow(Exception):
    """The other system cannot take it now; the same message will come again."""


def receiver(secrets: Sequence[str], event: str, write: Write) -> FastAPI:
    """Answers 204 when `write` has taken the data of an `event`, and to all other facts; 503 to be told again."""
    app = FastAPI(title="Parvis bridge", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(BodyCap)  # read before anybody knows who sent it

    @app.post("/")
    async def take(request: Request) -> Response:
        body = await request.body()
        try:
            verify(secrets, request.headers, body, datetime.now(UTC))
        except SignatureWrong as wrong:
            return Response(str(wrong), 401)
        told = json.loads(body)
        if told["type"].split(".")[-2] == event:
            try:
                await write(told["data"])
            except NotNow as trouble:
                return Response(str(trouble), 503, headers={"Retry-After": "15"})
        return Response(status_code=204)

    return app
