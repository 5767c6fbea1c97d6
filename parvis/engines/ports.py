"""Ports of the loopback interface."""

import socket

import psutil

from parvis.errors import CommandFailed

HOST = "127.0.0.1"
ATTEMPTS = 400


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int, timeout: float = 2.0) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout):
            return True
    except OSError:
        return False


def holder(port: int) -> str:
    """Who listens on the port, in words; needs no rights, but sees only one's own processes without them."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except (psutil.Error, OSError):
        pass
    return "another program"


def choose(preferred: int, *, fixed: bool, taken: frozenset[int] = frozenset()) -> int:
    """The preferred port, or the next free one when it is taken; a fixed one is never exchanged.

    Searches upwards from the preferred port: below the range that outgoing connections take theirs from.
    """
    if fixed and not is_free(preferred):
        raise CommandFailed(f"port {preferred} is taken by {holder(preferred)}; stop it or choose another port")
    for port in range(preferred, preferred + ATTEMPTS):
        if port not in taken and is_free(port):
            return port
    raise CommandFailed(f"no free port between {preferred} and {preferred + ATTEMPTS}")
