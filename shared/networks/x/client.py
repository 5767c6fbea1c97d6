"""An X account: what the product can do with it. Others' posts it can hide, where they answer it, and never delete."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.egress import Egress
from shared.errors import NotSent, OutcomeUnknown
from shared.networks import attachments
from shared.networks.capabilities import (
    Account,
    Author,
    DeliveryKey,
    Finding,
    Gone,
    Media,
    Page,
    Published,
    RawChange,
    Refused,
    Rendition,
    Settings,
    Sighting,
    Target,
    VisibilityResult,
)
from shared.networks.renewing import AppKeys, FreshToken
from shared.networks.x import codes, inbound, polling, settle, tokens
from shared.networks.x.api import DUPLICATE, XApi

Look = Callable[[], Awaitable[Sequence[Published]]]


class X:
    """Implements every protocol of `capabilities`. Raises as they say."""

    needs_app = True
    servers = frozenset({"api.x.com"})
    actions = frozenset({"hide", "show", "delete"})
    own_only = frozenset({"delete"})
    commit_bound = 120.0
    rescan_bound = polling.BOUND

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._api = XApi(egress)

    async def publish(self, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published:
        """Pictures first, seen by nobody; then the one call that creates the post."""
        body: dict[str, Any] = {"text": codes.post_text(rendition)}
        if rendition.media:
            body["media"] = {"media_ids": [await self._upload(account, medium) for medium in rendition.media]}
        return await self._create(
            account, body, lambda: settle.find_post(self._api, account, rendition, delivery.created_at)
        )

    async def reply(self, account: Account, target: Target, text: str, delivery: DeliveryKey) -> Published:
        """X names by itself whom it answers."""
        body = {"text": text, "reply": {"in_reply_to_tweet_id": target.external_id}}
        try:
            return await self._create(
                account, body, lambda: settle.find_reply(self._api, account, target, text, delivery.created_at)
            )
        except Gone as error:
            raise Refused("what was to be answered is no more", "gone") from error

    async def find_post(
        self, account: Account, rendition: Rendition, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await settle.find_post(self._api, account, rendition, since)

    async def find_reply(
        self, account: Account, target: Target, text: str, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await settle.find_reply(self._api, account, target, text, since)

    async def hide(self, account: Account, target: Target) -> VisibilityResult:
        """Moved behind "more replies". X does not tell whether it was hidden already: that is done again."""
        return await self._set_hidden(account, target, hidden=True)

    async def show(self, account: Account, target: Target) -> VisibilityResult:
        return await self._set_hidden(account, target, hidden=False)

    async def delete(self, account: Account, target: Target) -> VisibilityResult:
        """Own posts only. X says the same whether there was something to delete: looked at first."""
        try:
            path, asked = f"tweets/{target.external_id}", {"expansions": "author_id"}
            post = await self._api.data("GET", account, path, params=asked)
            if str(post.get("author_id")) != account.account_id:
                raise Refused("X lets nobody delete what others said", "unsupported")
            await self._api.call("DELETE", account, path)
        except Gone:
            return "gone"
        return "done"

    async def poll(self, account: Account, cursor: Mapping[str, Any]) -> Page:
        return await polling.poll(self._api, account, cursor)

    async def read(self, account: Account, external_id: str, extra: Mapping[str, Any]) -> RawChange:
        """The post as it is now; of an edited one the latest."""
        found = await self._api.call("GET", account, f"tweets/{external_id}", params=polling.FIELDS)
        post = found.get("data") or {}
        history = inbound.either(post, "edit_history_post_ids", "edit_history_tweet_ids") or [external_id]
        if history[-1] != post.get("id"):
            found = await self._api.call("GET", account, f"tweets/{history[-1]}", params=polling.FIELDS)
        if not isinstance(found.get("data"), dict):
            raise OutcomeUnknown("the answer has no data")
        return inbound.raw_post(account.account_id, found["data"], found.get("includes"))

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
        return inbound.verify(headers, body, secret)

    def handshake(self, params: Mapping[str, str], secret: str) -> str | None:
        return inbound.handshake(params, secret)

    def split(self, body: bytes) -> Sequence[RawChange]:
        return inbound.split(body)

    def normalise(self, raw: RawChange) -> Sighting | None:
        return inbound.normalise(raw)

    async def whoami(self, account: Account) -> Author:
        found = await self._api.data("GET", account, "users/me", params={"user.fields": "id,name,username"})
        handle = str(found.get("username") or "")
        return Author(str(found["id"]), str(found.get("name") or handle), handle, f"https://x.com/{handle}")

    async def token_ends(self, account: Account, app: AppKeys) -> datetime | None:
        return tokens.ends(account)

    async def renew(self, account: Account, app: AppKeys) -> FreshToken:
        return await tokens.refresh(self._egress, account, app)

    def check(self, rendition: Rendition, surface: str = "post", settings: Settings = None) -> Sequence[Finding]:
        """`settings["max_characters"]`: what the account may write with Premium."""
        return codes.check(rendition, surface, settings or {})

    def count(self, text: str, surface: str = "post", settings: Settings = None) -> int:
        return codes.counted(text, surface)

    def limit(self, surface: str = "post", settings: Settings = None) -> int | None:
        return codes.limit(surface, settings or {})

    async def _create(self, account: Account, body: Mapping[str, Any], look: Look) -> Published:
        """X refuses the same words twice: what says them since the delivery was made is the delivery's own."""
        try:
            found = await self._api.data("POST", account, "tweets", json=body)
        except Refused as error:
            standing = await look() if error.code == DUPLICATE else ()
            if len(standing) == 1:
                return standing[0]
            raise
        if not found.get("id"):
            raise OutcomeUnknown("created, but the answer names no id")
        return settle.published(found)

    async def _set_hidden(self, account: Account, target: Target, *, hidden: bool) -> VisibilityResult:
        try:
            found = await self._api.data("PUT", account, f"tweets/{target.external_id}/hidden", json={"hidden": hidden})
        except Gone:
            return "gone"
        if found.get("hidden") is not hidden:
            raise OutcomeUnknown("X does not say that it is so")
        return "done"

    async def _upload(self, account: Account, medium: Media) -> str:
        """A picture that no post shows yet; whatever goes wrong here has published nothing."""
        content, kind = await attachments.fetch(self._egress, medium)
        files = {"media": ("medium", content, kind)}
        category = {"media_category": "tweet_gif" if kind == "image/gif" else "tweet_image"}
        try:
            found = await self._api.data("POST", account, "media/upload", files=files, data=category)
            media_id = str(found["id"])
            if medium.alt:
                words = {"id": media_id, "metadata": {"alt_text": {"text": medium.alt}}}
                await self._api.call("POST", account, "media/metadata", json=words)
        except (OutcomeUnknown, KeyError) as error:
            raise NotSent(f"a picture did not get there: {error}") from error
        return media_id
