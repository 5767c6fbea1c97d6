"""WordPress through its REST API, with an application password. Needs a user who may moderate: an editor."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence, Set
from contextlib import asynccontextmanager
from datetime import UTC, datetime
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
from shared.networks.understanding import understood
from shared.networks.wordpress import codes, inbound, markup, names, settle, window
from shared.networks.wordpress.rest import Rest

NEEDED = {"moderate_comments": "moderate comments", "publish_posts": "publish posts"}
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


class WordPress:
    """A blog. The channel's token is `login:application password`, its `base_url` the blog's address."""

    commit_bound = settle.COMMIT_BOUND
    rescan_bound = window.BOUND
    actions = frozenset({"hide", "show", "delete"})

    def __init__(self, egress: Egress, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._egress = egress
        self._rest = Rest(egress)
        self._clock = clock

    @understood
    async def whoami(self, account: Account) -> Author:
        """The user behind the token; refused where it may not do what a channel needs."""
        answer = await self._rest.get(account, "users/me", _fields="id,name,slug,link,capabilities")
        user = answer.json()
        for capability, words in NEEDED.items():
            if not user.get("capabilities", {}).get(capability):
                raise Refused(f"{user['name']} may not {words} on this blog", f"needs_{capability}")
        return Author(names.account(account.base_url, user["id"]), user["name"], user["slug"], user["link"])

    @understood
    async def publish(self, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published:
        """Looks for the post at its chosen address first: WordPress itself would just number a second one."""
        async with _nothing_created_yet():
            there = await settle.by_slug(self._rest, account, rendition, delivery)
            if there:
                return there
            images = [
                await self._in_library(account, image, f"{markup.tail(delivery.delivery_id)}-{place}")
                for place, image in enumerate(rendition.media)
            ]
        body = {
            "title": markup.title(rendition.title, rendition.text),
            "content": markup.blocks(rendition.text, rendition.link, images),
            "slug": settle.slug_of(rendition, delivery),
            "status": "publish",
        }
        return settle.published((await self._rest.post(account, "posts", body)).json())

    @understood
    async def reply(self, account: Account, target: Target, text: str, delivery: DeliveryKey) -> Published:
        """WordPress refuses the same words twice in one place (409): then the first ones are the answer."""
        post, parent = settle.place(target)
        async with _nothing_created_yet():
            await self._must_stand(account, parent)
        try:
            answer = await self._rest.post(
                account, "comments", {"post": post, "parent": parent, "content": markup.comment(text)}
            )
        except Refused as refusal:
            if refusal.code != "comment_duplicate":
                raise
            found = await settle.find_reply(self._rest, account, target, text, delivery.created_at)
            if not found:
                raise
            return found[0]
        made = answer.json()
        return Published(names.comment(made["id"]), made["link"])

    @understood
    async def find_post(
        self, account: Account, rendition: Rendition, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await settle.find_post(self._rest, account, rendition, delivery, since)

    @understood
    async def find_reply(
        self, account: Account, target: Target, text: str, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await settle.find_reply(self._rest, account, target, text, since)

    @understood
    async def hide(self, account: Account, target: Target) -> VisibilityResult:
        """Hold the comment; one in spam or trash is out of sight already."""
        return await self._set_status(account, target, "hold", already={"hold", *inbound.UNSEEN})

    @understood
    async def show(self, account: Account, target: Target) -> VisibilityResult:
        """Approve the comment, out of spam and trash too."""
        return await self._set_status(account, target, "approved", already={"approved"})

    @understood
    async def delete(self, account: Account, target: Target) -> VisibilityResult:
        """Into the trash, or for good where the blog has none."""
        path = f"comments/{names.number_of(target.external_id, 'comment')}"
        try:
            if await self._status(account, path) == "trash":
                return "already"
            await self._trash(account, path)
        except Gone:
            return "gone"
        return "done"

    @understood
    async def poll(self, account: Account, cursor: Mapping[str, Any]) -> Page:
        return await window.poll(self._rest, account, cursor, self._clock())

    @understood
    async def read(self, account: Account, external_id: str, extra: Mapping[str, Any]) -> RawChange:
        number = names.number_of(external_id, "comment")
        answer = await self._rest.get(account, f"comments/{number}", _embed="up", _fields=inbound.FIELDS)
        return inbound.change(account.account_id, answer.json())

    def normalise(self, raw: RawChange) -> Sighting | None:
        return inbound.normalise(raw)

    def check(self, rendition: Rendition, surface: str = "post", settings: Settings = None) -> Sequence[Finding]:
        return codes.check(rendition, surface)

    def count(self, text: str, surface: str = "post", settings: Settings = None) -> int:
        return codes.count(text, surface)

    def limit(self, surface: str = "post", settings: Settings = None) -> int | None:
        return codes.limit(surface)

    async def _must_stand(self, account: Account, comment: int) -> None:
        """WordPress itself would take an answer to what is no more, and show it to nobody."""
        if not comment:
            return
        try:
            status = await self._status(account, f"comments/{comment}")
        except Gone as error:
            raise Refused("the comment to answer is no more", "NotFound") from error
        if status in inbound.UNSEEN:
            raise Refused("the comment to answer is in spam or in the trash", status)

    async def _status(self, account: Account, path: str) -> str:
        return str((await self._rest.get(account, path, _fields="status")).json()["status"])

    async def _set_status(self, account: Account, target: Target, status: str, already: Set[str]) -> VisibilityResult:
        path = f"comments/{names.number_of(target.external_id, 'comment')}"
        try:
            if await self._status(account, path) in already:
                return "already"
            await self._rest.post(account, path, {"status": status})
        except Gone:
            return "gone"
        return "done"

    async def _trash(self, account: Account, path: str) -> None:
        try:
            await self._rest.delete(account, path)
        except Refused as refusal:
            if refusal.code != "rest_trash_not_supported":
                raise
            await self._rest.delete(account, path, force="true")

    async def _in_library(self, account: Account, image: Media, name: str) -> tuple[Media, int]:
        """The image in the blog's own library, put there once."""
        known = (await self._rest.get(account, "media", slug=f"parvis-{name}", _fields="id,source_url")).json()
        if not known:
            body, kind = await attachments.fetch(self._egress, image)
            file = f"parvis-{name}.{EXTENSIONS.get(kind, 'img')}"
            headers = {"content-type": kind, "content-disposition": f'attachment; filename="{file}"'}
            known = [(await self._rest.upload(account, "media", body, headers)).json()]
        return Media(known[0]["source_url"], image.type, image.alt), known[0]["id"]


@asynccontextmanager
async def _nothing_created_yet() -> AsyncIterator[None]:
    """Whatever goes wrong before the create call leaves nothing behind that anyone sees."""
    try:
        yield
    except OutcomeUnknown as error:
        raise NotSent(f"before publishing: {error.reason}") from error
