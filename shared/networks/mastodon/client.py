"""A Mastodon account: what the product can do with it. Nobody can hide what others say there."""

import asyncio
from collections.abc import Mapping, Sequence
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
    Sighting,
    Target,
    VisibilityResult,
)
from shared.networks.mastodon import codes, inbound, polling, settle
from shared.networks.mastodon.api import MastodonApi, read

PROCESSING_LOOKS = 10
PROCESSING_PAUSE = 0.5


class Mastodon:
    """Implements `capabilities` but webhooks: Mastodon has none for what concerns one account."""

    actions = frozenset({"delete"})
    own_only = actions
    commit_bound = 120.0
    rescan_bound = polling.BOUND

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._api = MastodonApi(egress)

    async def publish(self, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published:
        """Media first, seen by nobody; then the one call that creates the status."""
        status: dict[str, Any] = {"status": codes.status_text(rendition)}
        status |= {"visibility": str(account.settings.get("visibility") or "public")}
        status |= {"language": rendition.language} if rendition.language else {}
        if rendition.media:
            status["media_ids"] = [await self._upload(account, medium) for medium in rendition.media]
        return await self._create(account, status, delivery)

    async def reply(self, account: Account, target: Target, text: str, delivery: DeliveryKey) -> Published:
        """Names whom it answers, and is seen by no more people than what it answers."""
        status = {
            "status": settle.addressed(target, text),
            "in_reply_to_id": target.external_id,
            "visibility": str(target.extra.get("visibility") or "public"),
        }
        try:
            return await self._create(account, status, delivery)
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
        raise Refused("Mastodon cannot hide a single status of others", "unsupported")

    async def show(self, account: Account, target: Target) -> VisibilityResult:
        raise Refused("Mastodon cannot hide a single status of others", "unsupported")

    async def delete(self, account: Account, target: Target) -> VisibilityResult:
        """Own statuses only; others' are refused with 403."""
        try:
            await self._api.entity("DELETE", account, f"v1/statuses/{target.external_id}")
        except Gone:
            return "gone"
        return "done"

    async def poll(self, account: Account, cursor: Mapping[str, Any]) -> Page:
        return await polling.poll(self._api, account, cursor)

    async def read(self, account: Account, external_id: str, extra: Mapping[str, Any]) -> RawChange:
        """The status as it is now. `extra["thread"]`: its conversation, as its sighting told."""
        status = await self._api.entity("GET", account, f"v1/statuses/{external_id}")
        thread = str(extra.get("thread") or "") or await polling.root_of(self._api, account, status)
        return inbound.raw_status(account.account_id, status, thread)

    def normalise(self, raw: RawChange) -> Sighting | None:
        return inbound.normalise(raw)

    async def whoami(self, account: Account) -> Author:
        found = await self._api.entity("GET", account, "v1/accounts/verify_credentials")
        name = str(found.get("display_name") or found["username"])
        return Author(str(found["id"]), name, str(found["acct"]), str(found.get("url") or ""))

    async def instance_settings(self, account: Account) -> Mapping[str, int]:
        """What this server allows; see `codes.own`."""
        return codes.own(await self._api.entity("GET", account, "v2/instance"))

    def check(
        self, rendition: Rendition, surface: str = "post", settings: Mapping[str, Any] | None = None
    ) -> Sequence[Finding]:
        """`settings`: the channel's, as `instance_settings` told them."""
        return codes.check(rendition, surface, settings or {})

    def count(self, text: str, surface: str = "post", settings: Mapping[str, Any] | None = None) -> int:
        return codes.countable_length(text, codes.setting("characters_reserved_per_url", "post.url", settings or {}))

    def limit(self, surface: str = "post", settings: Mapping[str, Any] | None = None) -> int | None:
        return codes.most(surface, settings or {})

    async def _create(self, account: Account, status: Mapping[str, Any], delivery: DeliveryKey) -> Published:
        headers = {"Idempotency-Key": delivery.delivery_id}
        found = await self._api.entity("POST", account, "v1/statuses", json=status, headers=headers)
        if not found.get("id"):
            raise OutcomeUnknown("created, but the answer names no id")
        return settle.published(found)

    async def _upload(self, account: Account, medium: Media) -> str:
        """A medium that no status shows yet; whatever goes wrong here has published nothing."""
        content, kind = await attachments.fetch(self._egress, medium)
        files = {"file": ("medium", content, kind)}
        try:
            answer = await self._api.call("POST", account, "v2/media", files=files, data={"description": medium.alt})
            media_id = str(read(answer)["id"])
            for _ in range(PROCESSING_LOOKS):
                if answer.status == 200:
                    return media_id
                await asyncio.sleep(PROCESSING_PAUSE)
                answer = await self._api.call("GET", account, f"v1/media/{media_id}")
                read(answer)
        except (OutcomeUnknown, KeyError, TypeError) as error:
            raise NotSent(f"a medium did not get there: {error}") from error
        raise NotSent("the server is still working on a medium")
