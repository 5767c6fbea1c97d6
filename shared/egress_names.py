"""Names become addresses by the system's resolver, and one whose nameserver is silent holds up no other."""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

Name = tuple[str, int]
Found = list[Any]


class Lookups:
    """Opened once a process. A thread for each name under way, for as long as the system takes: an event loop looks up
    two names at a time, and two silent nameservers would keep every other name waiting for ten seconds and more.

    Whoever asks for the same name meanwhile waits for the same answer, so there are never more threads than names.
    """

    def __init__(self, ask: Callable[..., Found] = socket.getaddrinfo) -> None:
        self._ask = ask
        self._under_way: dict[Name, asyncio.Future[Found]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Every address that the system gives; what is one already is not looked up. Raises OSError, UnicodeError."""
        with suppress(ValueError):
            return [str(ipaddress.ip_address(host))]
        answer = self._under_way.get((host, port)) or self._begin((host, port))
        return list(dict.fromkeys(str(entry[4][0]) for entry in await asyncio.shield(answer)))

    def _begin(self, name: Name) -> "asyncio.Future[Found]":
        answer: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        # a daemon: nobody who ends waits for a nameserver
        threading.Thread(target=self._look_up, args=(name, answer), name=f"look up {name[0]}", daemon=True).start()
        answer.add_done_callback(lambda told: self._end(name, told))
        self._under_way[name] = answer
        return answer

    def _end(self, name: Name, told: "asyncio.Future[Found]") -> None:
        del self._under_way[name]
        if not told.cancelled():
            told.exception()  # everybody who asked may have given up: then nobody else fetches it

    def _look_up(self, name: Name, answer: "asyncio.Future[Found]") -> None:
        """In its thread."""
        try:
            told: Any = self._ask(*name, type=socket.SOCK_STREAM)
            say: Callable[[Any], None] = answer.set_result
        except Exception as error:  # whatever it is, somebody waits for it
            told, say = error, answer.set_exception
        with suppress(RuntimeError):  # the loop has ended, and with it whoever asked
            answer.get_loop().call_soon_threadsafe(say, told)
