"""Bluesky as its other people use it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from shared.networks.bluesky import record
from shared.networks.capabilities import Account, Published, Target

PATIENCE = 40.0


class Sky:
    """Calls of people other than Parvis, straight to the network of the tests."""

    def __init__(self, peer: dict[str, Any]) -> None:
        self.pds: str = peer["pds"]
        self.people: dict[str, dict[str, str]] = peer["accounts"]
        self._tokens: dict[str, str] = {}

    def account(self, name: str = "alice") -> Account:
        """The channel of one of the people; alice is the brand."""
        person = self.people[name]
        return Account(
            channel_id=f"channel-{name}",
            brand_id="brand",
            account_id=person["did"],
            base_url=self.pds,
            token=f"{person['handle']}:{person['app_password']}",
        )

    async def say(self, name: str, text: str, to: str = "", root: str = "") -> str:
        """A post, or a reply to `to` in the thread of `root`; its address, once the network shows it."""
        made: dict[str, Any] = {"$type": record.POST, "text": text, "createdAt": record.time(datetime.now(UTC))}
        if "@" in text:
            made["facets"] = record.facets(text, {one["handle"]: one["did"] for one in self.people.values()})
        if to:
            made["reply"] = {"parent": await self._reference(to), "root": await self._reference(root or to)}
        where = {"repo": self.people[name]["did"], "collection": record.POST}
        answer = await self._call(name, "com.atproto.repo.createRecord", json={**where, "record": made})
        return await self.shown(str(answer["uri"]))

    async def shown(self, uri: str) -> str:
        """Wait until the network shows a post: a reply to one it does not know yet may lose its notification."""

        async def there() -> bool:
            return bool((await self._call("carol", "app.bsky.feed.getPosts", uris=[uri]))["posts"])

        await eventually(there)
        return uri

    async def rewrite(self, name: str, uri: str, text: str) -> None:
        """Put other words under the same address."""
        repository, collection, key = record.place(uri)
        where = {"repo": repository, "collection": collection, "rkey": key}
        found = await self._call(name, "com.atproto.repo.getRecord", **where)
        await self._call(name, "com.atproto.repo.putRecord", json={**where, "record": {**found["value"], "text": text}})

        async def rewritten() -> bool:
            (post,) = (await self._call("carol", "app.bsky.feed.getPosts", uris=[uri]))["posts"]
            return bool(post["record"]["text"] == text)

        await eventually(rewritten)

    async def unsay(self, name: str, uri: str) -> None:
        """Delete one's own post."""
        repository, collection, key = record.place(uri)
        where = {"repo": repository, "collection": collection, "rkey": key}
        await self._call(name, "com.atproto.repo.deleteRecord", json=where)

        async def vanished() -> bool:
            return not (await self._call("carol", "app.bsky.feed.getPosts", uris=[uri]))["posts"]

        await eventually(vanished)

    @asynccontextmanager
    async def not_told(self, name: str, of: str) -> AsyncIterator[None]:
        """Meanwhile `name` gets no notification of what `of` says."""
        whom = {"actor": self.people[of]["did"]}
        await self._call(name, "app.bsky.graph.muteActor", json=whom)
        try:
            yield
        finally:
            await self._call(name, "app.bsky.graph.unmuteActor", json=whom)

    async def notices_of(self, name: str) -> list[str]:
        """The posts that someone is told of."""
        answer = await self._call(name, "app.bsky.notification.listNotifications", limit=100)
        return [one["uri"] for one in answer["notifications"]]

    async def posts_of(self, name: str) -> list[dict[str, Any]]:
        """The records in someone's repository."""
        where = {"repo": self.people[name]["did"], "collection": record.POST, "limit": 100}
        return list((await self._call(name, "com.atproto.repo.listRecords", **where))["records"])

    async def hidden_in(self, root: str) -> list[str]:
        """The replies that a thread hides, as the network shows the thread."""
        answer = await self._call("carol", "app.bsky.feed.getPostThread", uri=root)
        gate = answer["thread"]["post"].get("threadgate", {})
        return list(gate.get("record", {}).get("hiddenReplies", ()))

    async def _reference(self, uri: str) -> dict[str, str]:
        (post,) = (await self._call("carol", "app.bsky.feed.getPosts", uris=[uri]))["posts"]
        return {"uri": post["uri"], "cid": post["cid"]}

    async def _call(self, name: str, method: str, json: Any = None, **params: Any) -> Any:
        async with httpx.AsyncClient(base_url=f"{self.pds}/xrpc/", trust_env=False, timeout=20) as client:
            if name not in self._tokens:
                person = self.people[name]
                signed = await client.post(
                    "com.atproto.server.createSession",
                    json={"identifier": person["handle"], "password": person["app_password"]},
                )
                self._tokens[name] = signed.json()["accessJwt"]
            headers = {"authorization": f"Bearer {self._tokens[name]}"}
            if json is None:
                answer = await client.get(method, params=params, headers=headers)
            else:
                answer = await client.post(method, json=json, headers=headers)
            assert answer.is_success, answer.text
            return answer.json() if answer.content else {}


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return once it holds; the network takes a moment to show what was said."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110 - others change it, nothing here can tell
            await asyncio.sleep(0.1)


def target(uri: str | Published, root: str = "") -> Target:
    """What an action is about."""
    address = uri if isinstance(uri, str) else uri.remote_id
    return Target(address, root or address)
