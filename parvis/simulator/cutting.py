"""Cutting a connection instead of answering: no status line, no byte."""

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class CuttingProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol that lends each request the means to cut its own connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"cut": {"abort": self.transport.abort}}


class Cut(Response):
    """A response that never comes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"]["cut"]["abort"]()
        await asyncio.sleep(0)
