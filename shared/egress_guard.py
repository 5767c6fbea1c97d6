"""The wall around outward calls: names are resolved here, and only a public address is ever connected to."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import httpcore

from shared.errors import EgressRefused

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

_SHUT = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # Azure's host agent, a public-looking address
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local use
        "::/96",  # IPv4-compatible, deprecated
        "fec0::/10",  # site-local, deprecated
        "3fff::/20",  # documentation
    )
)


def public(address: Address) -> bool:
    """Whether `address` is anyone's on the internet. IPv6 that embeds an IPv4 address is not."""
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address.sixtofour or address.teredo):
        return False
    if any(address.version == net.version and address in net for net in _SHUT):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to the very address that it has checked; TLS name and Host header stay those of the URL.

    It knows no sockets of this machine, and does not wait for a second try: what it lacks cannot be asked for.
    """

    def __init__(self, allow: Iterable[str], resolve: Resolver) -> None:
        self._allow = frozenset(allow)
        self._resolve = resolve
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                return await self._connect(await self._checked(host, port), port, local_address, socket_options)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"no connection to {host} in {timeout} s") from None

    async def _connect(
        self, addresses: Sequence[str], port: int, local_address: str | None, options: Iterable[Any] | None
    ) -> httpcore.AsyncNetworkStream:
        """The first address that answers."""
        for address in addresses[:-1]:
            try:
                return await self._sockets.connect_tcp(address, port, None, local_address, options)
            except httpcore.ConnectError:
                continue
        return await self._sockets.connect_tcp(addresses[-1], port, None, local_address, options)

    async def _checked(self, host: str, port: int) -> Sequence[str]:
        """Every address of `host`, all of them public, or `host:port` is on the list."""
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} is not known ({type(error).__name__})") from None
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        if f"{host}:{port}" not in self._allow:
            for address in addresses:
                if not public(ipaddress.ip_address(address.split("%")[0])):
                    raise EgressRefused(f"{host} is at an address that is not public")
        return addresses
