"""Sessions, kept: a server lets an account sign in 300 times a day, and a session lasts for months when refreshed."""

import asyncio
import base64
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from shared.errors import NotSent, OutcomeUnknown
from shared.networks.bluesky.xrpc import SessionOver, Xrpc
from shared.networks.capabilities import Account, Gone, RateLimited, Refused, TokenLost

MARGIN = timedelta(minutes=2)
LOST_FOR = 300.0


@dataclass(frozen=True, slots=True)
class Session:
    """Who we are there, and with what to prove it until when (Unix seconds)."""

    did: str
    handle: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    until: float = 0.0


class Sessions:
    """Calls in the name of a channel's account. Its token is `identifier:app password`."""

    def __init__(self, xrpc: Xrpc) -> None:
        self._xrpc = xrpc
        self._kept: dict[str, Session] = {}
        self._shut: dict[str, tuple[float, type[Exception], str]] = {}
        self._turn: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def query(self, account: Account, name: str, **params: Any) -> Mapping[str, Any]:
        """Read. A session that ended in between is renewed once: reading twice harms nobody."""
        try:
            session = await self.of(account)
            return await self._xrpc.call(account, "GET", name, session.access, params=params)
        except SessionOver:
            self._end(account)
        session = await self.of(account)
        try:
            return await self._xrpc.call(account, "GET", name, session.access, params=params)
        except SessionOver as error:
            raise TokenLost(str(error)) from error

    async def procedure(self, account: Account, name: str, **parts: Any) -> Mapping[str, Any]:
        """Write, at most one call. Whatever fails before it has written nothing."""
        try:
            session = await self.of(account)
        except OutcomeUnknown as error:
            raise NotSent(f"signing in: {error.reason}") from error
        try:
            return await self._xrpc.call(account, "POST", name, session.access, **parts)
        except SessionOver as error:
            self._end(account)
            raise NotSent("the session had ended") from error
        except Gone as error:
            raise Refused(str(error), "NotFound") from error

    async def of(self, account: Account) -> Session:
        """The account's session: the kept one, refreshed or made anew when it is about to end."""
        mark = _mark(account)
        async with self._turn[mark]:
            kept = self._kept.get(mark)
            if kept is not None and kept.until > self._now():
                return kept
            self._kept[mark] = await self._refreshed(account, kept) or await self._signed_in(account, mark)
            return self._kept[mark]

    def _now(self) -> float:
        return self._xrpc.clock().timestamp()

    def _end(self, account: Account) -> None:
        """The access token is no longer good; what refreshes it may still be."""
        kept = self._kept.get(_mark(account))
        if kept is not None:
            self._kept[_mark(account)] = replace(kept, until=0.0)

    async def _refreshed(self, account: Account, kept: Session | None) -> Session | None:
        if kept is None:
            return None
        try:
            return _session(await self._xrpc.call(account, "POST", "com.atproto.server.refreshSession", kept.refresh))
        except (SessionOver, Refused, Gone, TokenLost):
            return None

    async def _signed_in(self, account: Account, mark: str) -> Session:
        until, refusal, why = self._shut.get(mark, (0.0, Exception, ""))
        if until > self._now():
            raise RateLimited(until - self._now(), why) if refusal is RateLimited else TokenLost(why)
        identifier, _, password = account.token.partition(":")
        try:
            answer = await self._xrpc.call(
                account,
                "POST",
                "com.atproto.server.createSession",
                "",
                json={"identifier": identifier, "password": password},
            )
        except (SessionOver, Refused, Gone, TokenLost) as error:
            self._shut[mark] = (self._now() + LOST_FOR, TokenLost, str(error))
            raise TokenLost(str(error)) from error
        except RateLimited as error:
            self._shut[mark] = (self._now() + error.after, RateLimited, "too many sign-ins")
            raise
        return _session(answer)


def _mark(account: Account) -> str:
    """What a session belongs to; a new token starts a new one."""
    return sha256(f"{account.channel_id}\n{account.base_url}\n{account.token}".encode()).hexdigest()


def _session(answer: Mapping[str, Any]) -> Session:
    access = answer["accessJwt"]
    until = _expires(access) - MARGIN.total_seconds()
    return Session(answer["did"], answer["handle"], access, answer["refreshJwt"], until)


def _expires(jwt: str) -> float:
    """When the server says that its token ends; not verified, as only the server itself relies on it."""
    body = jwt.split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["exp"])
