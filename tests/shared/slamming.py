"""A server that takes every connection and resets it at once, as one does that dies just then."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvloop

TRIES = 300  # about one in twenty is gone so early that the client library stumbles


@contextmanager
def slamming() -> Iterator[str]:
    """Its address, `http://127.0.0.1:<port>`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_slam, args=(listening,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)


async def on_the_services_loop(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Tell it on uvloop, away from the caller's loop."""
    await asyncio.to_thread(lambda: uvloop.run(story()))


def _slam(listening: socket.socket) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
