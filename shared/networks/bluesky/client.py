"""Bluesky through the account's data server, with an app password."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.egress import Egress
from shared.networks.bluesky import codes, inbound, reading, record, threadgate, writing
from shared.networks.bluesky.session import Sessions
from shared.networks.bluesky.xrpc import Xrpc
from shared.networks.capabilities import (
    Account,
    Author,
    DeliveryKey,
    Finding,
    Gone,
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


class Bluesky:
    """An account. The channel's token is `identifier:app password`; its `base_url` the data server (bsky.social).

    Others' replies in its own threads can be hidden; only what it has said itself can be deleted.
    """

    commit_bound = writing.COMMIT_BOUND
    rescan_bound = reading.BOUND
    actions = frozenset({"hide", "show", "delete"})
    own_only = frozenset({"delete"})

    def __init__(self, egress: Egress, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._egress = egress
        self._clock = clock
        self._sessions = Sessions(Xrpc(egress, clock))

    @understood
    async def whoami(self, account: Account) -> Author:
        """The account behind the token; its id is the DID, which outlives every handle."""
        session = await self._sessions.of(account)
        try:
            profile = await self._sessions.query(account, "app.bsky.actor.getProfile", actor=session.did)
        except (Gone, Refused):
            profile = {}
        name = profile.get("displayName") or session.handle
        return Author(session.did, name, session.handle, f"https://bsky.app/profile/{session.handle}")

    @understood
    async def publish(self, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published:
        return await writing.publish(self._sessions, self._egress, account, rendition, delivery, self._clock())

    @understood
    async def reply(self, account: Account, target: Target, text: str, delivery: DeliveryKey) -> Published:
        return await writing.reply(self._sessions, account, target, text, delivery, self._clock())

    @understood
    async def find_post(
        self, account: Account, rendition: Rendition, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await writing.find(self._sessions, account, delivery)

    @understood
    async def find_reply(
        self, account: Account, target: Target, text: str, delivery: DeliveryKey, since: datetime
    ) -> Sequence[Published]:
        return await writing.find(self._sessions, account, delivery)

    @understood
    async def hide(self, account: Account, target: Target) -> VisibilityResult:
        return await threadgate.hide(self._sessions, account, target, record.time(self._clock()))

    @understood
    async def show(self, account: Account, target: Target) -> VisibilityResult:
        return await threadgate.show(self._sessions, account, target, record.time(self._clock()))

    @understood
    async def delete(self, account: Account, target: Target) -> VisibilityResult:
        """Only what the account itself has said."""
        repository, collection, name = record.target_place(target.external_id)
        if repository != (await self._sessions.of(account)).did:
            raise Refused("nobody can delete what another has said on Bluesky; it can be hidden", "not_ours")
        where = {"repo": repository, "collection": collection, "rkey": name}
        answer = await self._sessions.procedure(account, "com.atproto.repo.deleteRecord", json=where)
        return "done" if "commit" in answer else "gone"

    @understood
    async def poll(self, account: Account, cursor: Mapping[str, Any]) -> Page:
        return await reading.poll(self._sessions, account, cursor, self._clock())

    @understood
    async def read(self, account: Account, external_id: str, extra: Mapping[str, Any]) -> RawChange:
        return await reading.read(self._sessions, account, external_id)

    def normalise(self, raw: RawChange) -> Sighting | None:
        return inbound.normalise(raw)

    def check(self, rendition: Rendition, surface: str = "post", settings: Settings = None) -> Sequence[Finding]:
        return codes.check(rendition, surface)

    def count(self, text: str, surface: str = "post", settings: Settings = None) -> int:
        return codes.count(text)

    def limit(self, surface: str = "post", settings: Settings = None) -> int | None:
        return codes.limit()
