"""Speaking to a running Parvis from outside: the console's `/api/v1` with the operator's key."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self, cast
from uuid import uuid4

import httpx

State = dict[str, Any]
NOT_NOW = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS)
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)


class Api:
    """Each method is one call; what is refused raises `httpx.HTTPStatusError` with the problem in its message."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, operator_key: str) -> AsyncIterator[Self]:
        """`url` is the console's."""
        headers = {"Authorization": f"Bearer {operator_key}"}
        async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, timeout=30, trust_env=False) as http:
            yield cls(http)

    async def agency(self, agency_id: str, **facts: Any) -> State:
        """Make or change an agency."""
        return await self.call("PUT", f"/agencies/{agency_id}", facts)

    async def brand(self, brand_id: str, **facts: Any) -> State:
        """Make or change a brand."""
        return await self.call("PUT", f"/brands/{brand_id}", facts)

    async def channel(self, channel_id: str, **facts: Any) -> State:
        """Connect a channel; its `token` is sealed on receipt."""
        return await self.call("PUT", f"/channels/{channel_id}", facts)

    async def member(self, login: str, **facts: Any) -> State:
        """Make or change a member: name, password, language, roles {brand or "*": role}."""
        return await self.call("PUT", f"/members/{login}", facts)

    async def inbox(self, brand_id: str, **filters: Any) -> list[State]:
        """What stands in the inbox of a brand, the newest first."""
        return cast(list[State], (await self.call("GET", f"/brands/{brand_id}/inbox", params=filters))["items"])

    async def interaction(self, brand_id: str, interaction_id: str) -> State | None:
        """One interaction as console shows it; None while it is not known there."""
        answer = await self._http.get(f"/brands/{brand_id}/interactions/{interaction_id}")
        return None if answer.status_code == 404 else cast(State, _checked(answer))

    async def post(self, brand_id: str, post_id: str) -> State | None:
        """One post with its deliveries as console shows it; None while it is not known there."""
        answer = await self._http.get(f"/brands/{brand_id}/posts/{post_id}")
        return None if answer.status_code == 404 else cast(State, _checked(answer))

    async def summary(self) -> State:
        """Per brand and in all: came in, judged, hidden, answered, held for a person, published, failed, unsettled."""
        return await self.call("GET", "/summary")

    async def command(self, brand_id: str, path: str, body: Any = None, *, person: str, key: str = "") -> State:
        """A person's command, passed on to the service that owns the thing: `cases/<id>/decide`, `posts`, `replies`."""
        headers = {"Idempotency-Key": key or str(uuid4()), "X-Parvis-Person": person}
        return await self.call("POST", f"/brands/{brand_id}/{path}", body if body is not None else {}, headers=headers)

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> State:
        """Any call; the answer's JSON. Asked again where nothing was accepted: an engine is away (503), or we are too
        hasty (429)."""
        for pause in (*PAUSES, None):
            answer = await self._http.request(method, path, json=body, **more)
            if answer.status_code not in NOT_NOW or pause is None:
                break
            await asyncio.sleep(pause)
        return cast(State, _checked(answer))


def _checked(answer: httpx.Response) -> Any:
    if answer.is_error:
        message = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}"
        raise httpx.HTTPStatusError(message, request=answer.request, response=answer)
    return answer.json() if answer.content else {}
