"""A network's seat in the suite that all clients pass: its client, an account of its own, and people who talk to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from parvis.simulator.remote import Row, Simulator
from shared.egress import Egress
from shared.networks.capabilities import Account, DeliveryKey, Media, RawChange, Rendition, Sighting, Target
from shared.networks.facebook.client import Facebook
from shared.networks.instagram.client import Instagram
from shared.networks.linkedin.client import LinkedIn
from shared.networks.mastodon.client import Mastodon
from shared.networks.x.client import X

CLIENTS = {"facebook": Facebook, "instagram": Instagram, "linkedin": LinkedIn, "mastodon": Mastodon, "x": X}
PHOTO = Media("https://kerlann.example/vareuse.jpg", "image/jpeg", "Une vareuse")


@dataclass(slots=True)
class Seat:
    """`client` is the real one; `row` is the account as the simulator keeps it."""

    network: str
    client: Any
    account: Account
    simulator: Simulator
    row: Row

    async def hears(self, text: str, author: str = "Camille Leroy", **more: Any) -> Target:
        """Somebody addresses the account: what an action would be about."""
        said = await self.simulator.comment(self.row, text, author, **more)
        return self.target(said)

    def target(self, said: Row) -> Target:
        extra = {"post_id": said["root_id"], "thread": said["root_id"], "visibility": said["visibility"]}
        return Target(said["id"], said["root_id"], said["author_handle"], said["author_id"], extra)

    def post(self, text: str = "") -> Rendition:
        """A post with that text, or with one like no other's, and with what the network will have besides."""
        media = (PHOTO,) if self.network == "instagram" else ()
        return Rendition(text or words().text, media=media, language="fr")

    async def misbehaves(self, kind: str, operation: str = "*", **more: Any) -> None:
        """Provoke a fault for this account, once unless told otherwise."""
        await self.simulator.fault(kind, self.account.account_id, operation=operation, **({"times": 1} | more))

    async def said_by_api(self, text: str) -> list[Row]:
        """What the account itself has on the network with this text in it: the truth, past the client."""
        created = await self.simulator.ledger("create", self.account.account_id)
        return [one for one in created if one["via"] == "api" and text in one["text"]]

    async def polled(self, cursor: Mapping[str, Any] | None = None) -> tuple[list[RawChange], Mapping[str, Any]]:
        """All that a whole poll finds, and the cursor it ends with. Fails when the pages do not end."""
        changes: list[RawChange] = []
        cursor = cursor or {}
        for _ in range(50):
            page = await self.client.poll(self.account, cursor)
            changes += page.changes
            cursor = page.cursor
            if not page.more:
                assert page.covered_from <= page.covered_until
                return changes, cursor
        raise AssertionError("the pages of a poll do not end")

    async def seen(self, cursor: Mapping[str, Any] | None = None) -> dict[str, Sighting]:
        """What a whole poll says, by id."""
        changes, _ = await self.polled(cursor)
        sightings = [self.client.normalise(raw) for raw in changes]
        return {one.external_id: one for one in sightings if one}


async def seat(network: str, simulator: Simulator, egress: Egress) -> Seat:
    """A fresh account on the network."""
    row = await simulator.account(network, f"Kerlann {uuid4()}", handle=f"kerlann{uuid4().hex[:8]}")
    account = Account(f"ch-{uuid4()}", "br-kerlann", row["id"], simulator.base_url(network), row["token"])
    return Seat(network, CLIENTS[network](egress), account, simulator, row)


def with_token(account: Account, token: str) -> Account:
    return replace(account, token=token)


def delivery() -> DeliveryKey:
    """A delivery that nobody else makes."""
    return DeliveryKey(str(uuid4()), datetime.now(UTC))


def words(text: str = "La marinière revient") -> Rendition:
    """A post whose text is like no other's."""
    return Rendition(f"{text} {uuid4()}", language="fr")


def offered(here: Seat, protocol: type) -> None:
    """Skip where the network has no such thing."""
    if not isinstance(here.client, protocol):
        pytest.skip(f"{here.network} does not offer {protocol.__name__}")
