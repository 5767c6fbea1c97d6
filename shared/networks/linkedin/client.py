"""A LinkedIn Page: what the product can do with it. Nobody can hide a comment there; the Page may delete it."""

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
    Settings,
    Sighting,
    Target,
    VisibilityResult,
)
from shared.networks.linkedin import codes, inbound, polling, settle, tokens
from shared.networks.linkedin.api import DUPLICATE, LinkedInApi, encoded, last, organization
from shared.networks.renewing import AppKeys, FreshToken
from shared.networks.understanding import understood


class LinkedIn:
    """Implements every protocol of `capabilities`. Raises as they say."""

    needs_app = True
    servers = frozenset({"api.linkedin.com"})
    actions = frozenset({"delete"})
    commit_bound = 120.0
    rescan_bound = polling.BOUND

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._api = LinkedInApi(egress)

    @understood
    async def publish(self, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published:
        """Pictures first, seen by nobody; then the one call that creates the post."""
        images = [await self._upload(account, medium) for medium in rendition.media]
        try:
            _, urn = await self._api.created(account, "posts", _body(account, rendition, images))
        except Refused as error:
            standing = await self._standing(account, rendition, delivery) if error.code == DUPLICATE else ()
            if len(standing) == 1:
                return standing[0]
            raise
        if not urn:
            raise OutcomeUnknown("created, but the answer names no id")
        return settle.published_post(urn)

    @understood
    async def reply(self, account: Account, target: Target, text: str, delivery: DeliveryKey) -> Published:
        """Below a comment at the top, or a post: LinkedIn has no third level."""
        where = settle.answered(target)
        below = inbound.parts_of(where)
        body = {"actor": organization(account), "object": below[0] if below else where, "message": {"text": text}}
        if below:
            body["parentComment"] = where
        try:
            found, _ = await self._api.created(account, f"socialActions/{encoded(where)}/comments", body)
        except Gone as error:
            raise Refused("what was to be answered is no more", "gone") from error
        return settle.published_comment(inbound.urn_of(found))

    @understood
    async def find_post(
        self, account: Account, rendition: Rendition, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await settle.find_post(self._api, account, rendition, since)

    @understood
    async def find_reply(
        self, account: Account, target: Target, text: str, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await settle.find_reply(self._api, account, target, text, since)

    async def hide(self, account: Account, target: Target) -> VisibilityResult:
        raise Refused("LinkedIn cannot hide a comment: it can only be deleted", "unsupported")

    async def show(self, account: Account, target: Target) -> VisibilityResult:
        raise Refused("LinkedIn cannot hide a comment: it can only be deleted", "unsupported")

    async def delete(self, account: Account, target: Target) -> VisibilityResult:
        """Own words, and what stands below own posts. Of posts LinkedIn says the same whether one was there: a look."""
        below = inbound.parts_of(target.external_id)
        try:
            if below:
                actor = encoded(organization(account))
                path = f"socialActions/{encoded(below[0])}/comments/{below[1]}?actor={actor}"
            else:
                path = f"posts/{encoded(target.external_id)}"
                await self._api.call("GET", account, path)
            await self._api.call("DELETE", account, path)
        except Gone:
            return "gone"
        return "done"

    @understood
    async def poll(self, account: Account, cursor: Mapping[str, Any]) -> Page:
        return await polling.poll(self._api, account, cursor)

    @understood
    async def read(self, account: Account, external_id: str, extra: Mapping[str, Any]) -> RawChange:
        return await polling.read(self._api, account, external_id, extra)

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
        return inbound.verify(headers, body, secret)

    def handshake(self, params: Mapping[str, str], secret: str) -> str | None:
        return inbound.handshake(params, secret)

    def split(self, body: bytes) -> Sequence[RawChange]:
        return inbound.split(body)

    def normalise(self, raw: RawChange) -> Sighting | None:
        return inbound.normalise(raw)

    @understood
    async def whoami(self, account: Account) -> Author:
        """The Page, if its administrator's token this is; where none is named, the only one that they have."""
        found = await self._api.call(
            "GET", account, "organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED"
        )
        pages = [last(str(one["organization"])) for one in found.get("elements") or ()]
        if account.account_id not in pages and (account.account_id or len(pages) != 1):
            raise Refused(f"the token administers {', '.join(pages) or 'no Page'}: say which", "account")
        page = await self._api.call("GET", account, f"organizations/{account.account_id or pages[0]}")
        handle = str(page.get("vanityName") or "")
        name = str(page.get("localizedName") or handle)
        return Author(str(page["id"]), name, handle, f"https://www.linkedin.com/company/{handle}/")

    async def token_ends(self, account: Account, app: AppKeys) -> datetime | None:
        return await tokens.ends(self._egress, account, app)

    async def renew(self, account: Account, app: AppKeys) -> FreshToken:
        return await tokens.refresh(self._egress, account, app)

    def check(self, rendition: Rendition, surface: str = "post", settings: Settings = None) -> Sequence[Finding]:
        return codes.check(rendition, surface)

    def count(self, text: str, surface: str = "post", settings: Settings = None) -> int:
        return codes.counted(text, surface)

    def limit(self, surface: str = "post", settings: Settings = None) -> int | None:
        return codes.limit(surface)

    async def _standing(self, account: Account, rendition: Rendition, key: DeliveryKey) -> Sequence[Published]:
        """What says the same since the delivery was made: LinkedIn refuses the same words twice."""
        return await settle.find_post(self._api, account, rendition, key.created_at)

    async def _upload(self, account: Account, medium: Media) -> Mapping[str, str]:
        """A picture that no post shows yet; whatever goes wrong here has published nothing."""
        content, _ = await attachments.fetch(self._egress, medium)
        wish = {"initializeUploadRequest": {"owner": organization(account)}}
        try:
            place = (await self._api.call("POST", account, "images?action=initializeUpload", json=wish))["value"]
            url, image = str(place["uploadUrl"]), str(place["image"])
            await self._api.call("PUT", account, url, content=content)
        except (OutcomeUnknown, KeyError, TypeError) as error:
            raise NotSent(f"a picture did not get there: {error}") from error
        return {"id": image} | ({"altText": medium.alt} if medium.alt else {})


def _body(account: Account, rendition: Rendition, images: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:
    """A post that everybody sees."""
    shown = {"media": images[0]} if len(images) == 1 else {"multiImage": {"images": images}}
    return {
        "author": organization(account),
        "commentary": codes.little(codes.post_text(rendition)),
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    } | ({"content": shown} if images else {})
