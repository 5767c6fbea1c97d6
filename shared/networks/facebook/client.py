"""A Facebook Page: what the product can do with it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.egress import Egress
from shared.errors import NotSent, OutcomeUnknown
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
from shared.networks.facebook import codes, inbound, polling, settle, tokens
from shared.networks.meta import acts, walking, webhooks
from shared.networks.meta.graph import Graph
from shared.networks.renewing import AppKeys, FreshToken

CREATED_FIELDS = "id,permalink_url"


class Facebook:
    """Implements every protocol of `capabilities`, and `Renewing`. Raises as they say."""

    needs_app = True
    servers = frozenset({"graph.facebook.com"})
    actions = frozenset({"hide", "show", "delete"})
    commit_bound = 120.0
    rescan_bound = walking.BOUND

    def __init__(self, egress: Egress) -> None:
        self._graph = Graph(egress)

    async def publish(self, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published:
        """Photos first, unpublished; then the one call that creates the post."""
        fields: dict[str, str] = {"fields": CREATED_FIELDS}
        if text := codes.message(rendition):
            fields["message"] = text
        if rendition.link:
            fields["link"] = rendition.link
        for place, medium in enumerate(rendition.media):
            photo = await self._upload(account, medium)
            fields[f"attached_media[{place}]"] = json.dumps({"media_fbid": photo})
        return _created(await self._graph.post(account, f"{account.account_id}/feed", **fields))

    async def reply(self, account: Account, target: Target, text: str, delivery: DeliveryKey) -> Published:
        path = f"{target.external_id}/comments"
        try:
            return _created(await self._graph.post(account, path, message=text, fields=CREATED_FIELDS))
        except Gone as error:
            raise Refused("what was to be answered is no more", "gone") from error

    async def find_post(
        self, account: Account, rendition: Rendition, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await settle.find_post(self._graph, account, rendition, since)

    async def find_reply(
        self, account: Account, target: Target, text: str, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await settle.find_reply(self._graph, account, target, text, since)

    async def hide(self, account: Account, target: Target) -> VisibilityResult:
        """Others no longer see it; its author and their friends still do."""
        return await acts.set_hidden(self._graph, account, target, hidden=True, told="is_hidden", asked="is_hidden")

    async def show(self, account: Account, target: Target) -> VisibilityResult:
        return await acts.set_hidden(self._graph, account, target, hidden=False, told="is_hidden", asked="is_hidden")

    async def delete(self, account: Account, target: Target) -> VisibilityResult:
        return await acts.delete(self._graph, account, target)

    async def poll(self, account: Account, cursor: Mapping[str, Any]) -> Page:
        return await polling.poll(self._graph, account, cursor)

    async def read(self, account: Account, external_id: str, extra: Mapping[str, Any]) -> RawChange:
        """The object as it is now. `extra["post_id"]`: the thread of a comment, as its sighting told."""
        is_post = external_id.startswith(f"{account.account_id}_")
        fields = polling.POST_FIELDS if is_post else f"{polling.COMMENT_FIELDS},object{{id}}"
        try:
            found = await self._graph.get(account, external_id, fields=fields)
        except Gone:
            await self._graph.prove_access(account)
            raise
        thread = "" if is_post else str(extra.get("post_id") or (found.get("object") or {}).get("id") or "")
        return inbound.raw_object(account.account_id, found, thread)

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
        return webhooks.verify(headers, body, secret)

    def handshake(self, params: Mapping[str, str], secret: str) -> str | None:
        return webhooks.handshake(params, secret)

    def split(self, body: bytes) -> Sequence[RawChange]:
        return inbound.split(body)

    def normalise(self, raw: RawChange) -> Sighting | None:
        return inbound.normalise(raw)

    async def whoami(self, account: Account) -> Author:
        page = await self._graph.get(account, "me", fields="id,name,username,link")
        names = (str(page.get(name) or "") for name in ("name", "username", "link"))
        return Author(str(page["id"]), *names)

    async def token_ends(self, account: Account, app: AppKeys) -> datetime | None:
        return await tokens.ends(self._graph, account, app)

    async def renew(self, account: Account, app: AppKeys) -> FreshToken:
        return await tokens.exchange(self._graph, account, app)

    def check(self, rendition: Rendition, surface: str = "post", settings: Settings = None) -> Sequence[Finding]:
        return codes.check(rendition, surface)

    def count(self, text: str, surface: str = "post", settings: Settings = None) -> int:
        return len(text)

    def limit(self, surface: str = "post", settings: Settings = None) -> int | None:
        return codes.limit(surface)

    async def _upload(self, account: Account, medium: Media) -> str:
        """A photo that nobody sees yet; whatever goes wrong here has published nothing."""
        fields = {"url": medium.url, "published": "false"} | ({"alt_text_custom": medium.alt} if medium.alt else {})
        try:
            return str((await self._graph.post(account, f"{account.account_id}/photos", **fields))["id"])
        except (OutcomeUnknown, KeyError) as error:
            raise NotSent(f"a photo did not get there: {error}") from error


def _created(found: Mapping[str, Any]) -> Published:
    if not found.get("id"):
        raise OutcomeUnknown("created, but the answer names no id")
    return settle.published(dict(found))
