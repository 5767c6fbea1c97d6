"""An Instagram professional account: what the product can do with it."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from shared.egress import Egress
from shared.errors import EgressRefused, NotSent, OutcomeUnknown
from shared.networks.capabilities import (
    Account,
    Author,
    DeliveryKey,
    Finding,
    Gone,
    Page,
    Published,
    RateLimited,
    RawChange,
    Refused,
    Rendition,
    Settings,
    Sighting,
    Target,
    TokenLost,
    VisibilityResult,
)
from shared.networks.instagram import codes, inbound, polling, publishing, settle, tokens
from shared.networks.meta import acts, walking, webhooks
from shared.networks.meta.graph import Graph
from shared.networks.renewing import AppKeys, FreshToken

MOST_WAITING = 1000
LINK_SECONDS = 3.0
NO_LINK = (NotSent, OutcomeUnknown, EgressRefused, Refused, Gone, RateLimited, TokenLost, TimeoutError)
MENTIONED = {
    "mentioned_comment.comment_id({id})": "id,text,timestamp,username,media",
    "mentioned_media.media_id({id})": "id,caption,timestamp,username,permalink,media_type,media_url,owner",
}


class Instagram:
    """Implements every protocol of `capabilities`. Raises as they say."""

    needs_app = False
    servers = frozenset({"graph.facebook.com", "graph.instagram.com"})
    actions = frozenset({"hide", "show", "delete"})
    commit_bound = 120.0
    rescan_bound = walking.BOUND

    def __init__(self, egress: Egress) -> None:
        self._graph = Graph(egress)
        self._waiting: dict[str, str] = {}  # containers that were not ready in time, by delivery

    async def publish(self, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published:
        """A container first, which nobody sees; then the one call that shows it. A container shows once."""
        made = self._waiting.pop(delivery.delivery_id, None)
        container = made or await publishing.container(self._graph, account, rendition)
        try:
            await publishing.until_ready(self._graph, account, container)
            remote_id = await publishing.show(self._graph, account, container)
        except NotSent as error:
            if error.after and len(self._waiting) < MOST_WAITING:
                self._waiting[delivery.delivery_id] = container
            raise
        return Published(remote_id, await self._link(account, remote_id))

    async def reply(self, account: Account, target: Target, text: str, delivery: DeliveryKey) -> Published:
        """Below the comment at the top of its row; refused below a hidden one."""
        words = settle.addressed(target, text)
        try:
            if target.extra.get("mention"):
                found = await self._answer_mention(account, target, words)
            else:
                found = await self._graph.post(account, settle.place(target), message=words)
        except Gone as error:
            raise Refused("what was to be answered is no more", "gone") from error
        if not found.get("id"):
            raise OutcomeUnknown("created, but the answer names no id")
        return Published(str(found["id"]))

    async def find_post(
        self, account: Account, rendition: Rendition, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await settle.find_post(self._graph, account, rendition, since)

    async def find_reply(
        self, account: Account, target: Target, text: str, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await settle.find_reply(self._graph, account, target, text, since)

    async def hide(self, account: Account, target: Target) -> VisibilityResult:
        """Its author and nobody else still sees it."""
        return await acts.set_hidden(self._graph, account, target, hidden=True, told="hidden", asked="hide")

    async def show(self, account: Account, target: Target) -> VisibilityResult:
        return await acts.set_hidden(self._graph, account, target, hidden=False, told="hidden", asked="hide")

    async def delete(self, account: Account, target: Target) -> VisibilityResult:
        return await acts.delete(self._graph, account, target)

    async def poll(self, account: Account, cursor: Mapping[str, Any]) -> Page:
        return await polling.poll(self._graph, account, cursor)

    async def read(self, account: Account, external_id: str, extra: Mapping[str, Any]) -> RawChange:
        """The object as it is now. `extra`: the `thread` it stands in, whether it is a `mention` on another's wall."""
        thread = str(extra.get("thread") or "")
        try:
            if extra.get("mention"):
                return await self._read_mention(account, external_id, thread)
            if external_id == thread:
                found = await self._graph.get(account, external_id, fields=polling.MEDIA_FIELDS)
                return inbound.raw_media(account.account_id, found)
            fields = f"{polling.REPLY_FIELDS},media,parent_id"
            found = await self._graph.get(account, external_id, fields=fields)
        except Gone:
            await self._graph.prove_access(account)
            raise
        media = thread or str((found.get("media") or {}).get("id") or "")
        return inbound.raw_comment(account.account_id, found, media, str(found.get("parent_id") or ""))

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
        return webhooks.verify(headers, body, secret)

    def handshake(self, params: Mapping[str, str], secret: str) -> str | None:
        return webhooks.handshake(params, secret)

    def split(self, body: bytes) -> Sequence[RawChange]:
        return inbound.split(body)

    def normalise(self, raw: RawChange) -> Sighting | None:
        return inbound.normalise(raw)

    async def whoami(self, account: Account) -> Author:
        """The account named; where none is, the one that signed in to Instagram itself with this token."""
        fields = "id,username,name" if account.account_id else "id,user_id,username,name"
        try:
            found = await self._graph.get(account, account.account_id or "me", fields=fields)
        except Gone as error:
            raise Refused("there is no such account, or this token may not read it", "100/33") from error
        handle = str(found.get("username") or "")
        own_id = str(found.get("user_id") or found["id"])
        return Author(own_id, str(found.get("name") or handle), handle, f"https://www.instagram.com/{handle}/")

    async def token_ends(self, account: Account, app: AppKeys) -> datetime | None:
        return tokens.ends(account)

    async def renew(self, account: Account, app: AppKeys) -> FreshToken:
        return await tokens.refresh(self._graph, account)

    def check(self, rendition: Rendition, surface: str = "post", settings: Settings = None) -> Sequence[Finding]:
        return codes.check(rendition, surface)

    def count(self, text: str, surface: str = "post", settings: Settings = None) -> int:
        return len(text)

    def limit(self, surface: str = "post", settings: Settings = None) -> int | None:
        return codes.limit(surface)

    async def _answer_mention(self, account: Account, target: Target, text: str) -> Mapping[str, Any]:
        below = {"media_id": target.thread_external_id, "message": text}
        if target.external_id != target.thread_external_id:
            below["comment_id"] = target.external_id
        return await self._graph.post(account, f"{account.account_id}/mentions", **below)

    async def _read_mention(self, account: Account, external_id: str, thread: str) -> RawChange:
        edge, fields = tuple(MENTIONED.items())[external_id == thread]
        asked = f"{edge.format(id=external_id)}{{{fields}}}"
        answer = await self._graph.get(account, account.account_id, fields=asked)
        found = answer.get(edge.partition(".")[0])
        if not found:
            raise Gone(f"nothing named {external_id} mentions the account")
        if external_id == thread:
            return inbound.raw_media(account.account_id, {**found, "mention": True})
        return inbound.raw_comment(account.account_id, {**found, "mention": True}, thread)

    async def _link(self, account: Account, remote_id: str) -> str:
        """Where it can be seen; that it is published is certain already, whatever becomes of this question."""
        with suppress(*NO_LINK):
            async with asyncio.timeout(LINK_SECONDS):
                found = await self._graph.get(account, remote_id, fields="id,permalink")
                return str(found.get("permalink") or "")
        return ""
