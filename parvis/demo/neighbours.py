"""The real networks of `--peers`: a WordPress for one brand, a Bluesky account for another, and the people there."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import httpx

from parvis.demo.seed import House
from parvis.demo.steps import Steps
from parvis.errors import CommandFailed
from parvis.peers.command import PEERS, is_running, start_peers, stop_peers
from parvis.peers.failures import PeerUnavailable
from parvis.platform import Platform

BLOG_BRAND, SKY_BRAND = "kerlann", "velonaute"
# Whom the peers' accounts are for: an editor and a person for the brands, and somebody who talks to them.
EDITOR, BRAND_ON_SKY, NEIGHBOUR = "emma", "alice", "bob"
Facts = Mapping[str, Any]


@dataclass(slots=True)
class Neighbours:
    """Calls of people other than Parvis, straight to the real networks."""

    blog: Facts
    sky: Facts
    _token: str = field(default="", repr=False)

    @property
    def addresses(self) -> tuple[str, ...]:
        """`host:port` of each server that the services may call."""
        urls = (self.blog["url"], self.sky["pds"], self.sky["appview"])
        return tuple(str(url).partition("://")[2].rstrip("/") for url in urls)

    async def connect(self, platform: Platform, houses: Iterable[House]) -> None:
        """A further channel for two of the brands."""
        by_id = {house.brand_id: house for house in houses}
        editor, alice = self.blog["people"][EDITOR], self.sky["accounts"][BRAND_ON_SKY]
        site = str(self.blog["url"]).partition("://")[2]
        token = f"{EDITOR}:{editor['app_password']}"
        await _channel(platform, by_id[BLOG_BRAND], "wordpress", f"{site}#{editor['id']}", self.blog["url"], token)
        token = f"{alice['handle']}:{alice['app_password']}"
        await _channel(platform, by_id[SKY_BRAND], "bluesky", alice["did"], self.sky["pds"], token)

    async def say(self, network: str, text: str, author: str, post: str) -> str:
        """Under that post, by somebody; the network's id of it."""
        if network == "wordpress":
            return await self._comment(text, author, post.removeprefix("post:"))
        return await self._reply(text, post)

    async def stands(self, network: str, remote_id: str) -> bool:
        """Whether anybody who looks finds it there."""
        if network == "wordpress":
            kind, _, number = remote_id.partition(":")
            answer = await self._call("GET", f"{self.blog['url']}/wp-json/wp/v2/{kind}s/{number}")
            return answer.is_success
        return bool((await self._xrpc("GET", "app.bsky.feed.getPosts", params={"uris": remote_id}))["posts"])

    async def latest(self, network: str) -> str:
        """The brand's newest post there; empty while there is none."""
        if network == "wordpress":
            posts = (await self._call("GET", f"{self.blog['url']}/wp-json/wp/v2/posts", params={"per_page": 1})).json()
            return f"post:{posts[0]['id']}" if posts else ""
        brand = self.sky["accounts"][BRAND_ON_SKY]["did"]
        where = {"repo": brand, "collection": "app.bsky.feed.post", "limit": 1}
        found = (await self._xrpc("GET", "com.atproto.repo.listRecords", params=where))["records"]
        return str(found[0]["uri"]) if found else ""

    async def _comment(self, text: str, author: str, post: str) -> str:
        form = {"comment_post_ID": post, "author": author, "email": "someone@example.test", "comment": text}
        answer = await self._call("POST", f"{self.blog['url']}/wp-comments-post.php", data=form)
        if answer.status_code != httpx.codes.FOUND:
            raise httpx.HTTPError(f"the blog took no comment: {answer.status_code}")
        return f"comment:{answer.headers['location'].rpartition('#comment-')[2]}"

    async def _reply(self, text: str, post: str) -> str:
        found = (await self._xrpc("GET", "app.bsky.feed.getPosts", params={"uris": post}))["posts"]
        above = {"uri": found[0]["uri"], "cid": found[0]["cid"]}
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": datetime.now(UTC).isoformat()}
        record["reply"] = cast(Any, {"root": above, "parent": above})
        repo = self.sky["accounts"][NEIGHBOUR]["did"]
        body = {"repo": repo, "collection": "app.bsky.feed.post", "record": record}
        return str((await self._xrpc("POST", "com.atproto.repo.createRecord", json=body))["uri"])

    async def _xrpc(self, verb: str, method: str, **more: Any) -> dict[str, Any]:
        if not self._token:
            person = self.sky["accounts"][NEIGHBOUR]
            body = {"identifier": person["handle"], "password": person["app_password"]}
            session = await self._call("POST", f"{self.sky['pds']}/xrpc/com.atproto.server.createSession", json=body)
            self._token = session.raise_for_status().json()["accessJwt"]
        headers = {"authorization": f"Bearer {self._token}"}
        answer = await self._call(verb, f"{self.sky['pds']}/xrpc/{method}", headers=headers, **more)
        return cast(dict[str, Any], answer.raise_for_status().json())

    async def _call(self, verb: str, url: str, **more: Any) -> httpx.Response:
        async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
            return await http.request(verb, url, **more)


@contextmanager
def neighbours_running(wanted: bool, steps: Steps) -> Iterator[Neighbours | None]:
    """Both, where they are wanted; those started here are stopped in the end."""
    if not wanted:
        yield None
        return
    ours = [name for name in PEERS if not is_running(name)]
    try:
        with steps.step("starting a WordPress and a Bluesky (the first time they are installed: minutes)"):
            facts = start_peers()
        yield Neighbours(facts["wordpress"], facts["bluesky"])
    except PeerUnavailable as trouble:
        raise CommandFailed(f"--peers: {trouble}") from trouble
    finally:
        stop_peers(ours)


async def _channel(platform: Platform, house: House, network: str, account: str, url: str, token: str) -> None:
    channel_id = f"{house.brand_id}-{network}"
    facts = {"brand_id": house.brand_id, "network": network, "account_id": account, "name": house.brand.name}
    await platform.api.channel(channel_id, **facts, base_url=url, token=token)
    house.channels[network] = channel_id
    house.accounts[network] = {"id": account, "network": network}
