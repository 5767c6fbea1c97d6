"""The Mastodon client against a real server: MASTODON_BASE_URL, and the tokens of two of its accounts."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from shared.egress import Egress
from shared.networks.capabilities import Account, Gone, Refused, Sighting, Target, TokenLost
from shared.networks.mastodon.client import Mastodon
from shared.settings import FloorSettings
from tests.networks.seats import delivery, with_token, words

BASE, TOKEN, OTHER = (os.environ.get(f"MASTODON_{name}", "") for name in ("BASE_URL", "TOKEN", "OTHER_TOKEN"))

pytestmark = pytest.mark.skipif(
    not (BASE and TOKEN and OTHER), reason="MASTODON_BASE_URL, MASTODON_TOKEN, MASTODON_OTHER_TOKEN name no server"
)


@dataclass(slots=True)
class Server:
    """The brand's account, and another person's on the same server."""

    client: Mastodon
    brand: Account
    handle: str
    person: Account
    egress: Egress

    async def person_says(self, text: str, **more: Any) -> dict[str, Any]:
        """Past the client: what a person does with an app of their own."""
        headers = {"Authorization": f"Bearer {self.person.token}"}
        answer = await self.egress.request(
            "POST", f"{BASE}/api/v1/statuses", json={"status": text, **more}, headers=headers
        )
        assert answer.status == 200, answer.text
        status: dict[str, Any] = answer.json()
        return status

    async def seen(self, cursor: Mapping[str, Any]) -> tuple[dict[str, Sighting], Mapping[str, Any]]:
        """One whole poll."""
        found: dict[str, Sighting] = {}
        while True:
            page = await self.client.poll(self.brand, cursor)
            sightings = [self.client.normalise(raw) for raw in page.changes]
            found |= {one.external_id: one for one in sightings if one}
            cursor = page.cursor
            if not page.more:
                return found, cursor


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """Each account learns its own id by its token."""
    where = urlsplit(BASE)
    allowed = f"{where.hostname}:{where.port or (443 if where.scheme == 'https' else 80)}"
    settings = FloorSettings(kafka="unused", mongo="unused", egress_allow=(allowed,))
    async with Egress.open(settings) as egress:
        client = Mastodon(egress)
        brand, person = (Account("ch", "br", "", BASE, token) for token in (TOKEN, OTHER))
        me, them = await client.whoami(brand), await client.whoami(person)
        yield Server(client, known(brand, me.external_id), me.handle, known(person, them.external_id), egress)


def known(account: Account, account_id: str) -> Account:
    return Account(account.channel_id, account.brand_id, account_id, account.base_url, account.token)


def target_of(status: Mapping[str, Any]) -> Target:
    author, extra = status["account"], {"visibility": status["visibility"]}
    return Target(status["id"], status["id"], author["acct"], author["id"], extra)


async def eventually(look: Callable[[], Awaitable[Any]], within: float = 15) -> Any:
    """Servers tell of mentions a moment later."""
    async with asyncio.timeout(within):
        while True:
            if seen := await look():
                return seen
            await asyncio.sleep(0.3)


async def test_a_post_is_found_and_taken_back(server: Server) -> None:
    """It appears, a look finds exactly it, and once deleted it is gone for good."""
    post, key, began = (
        words("Texte avec https://kerlann.example/un/long/chemin et « café »"),
        delivery(),
        datetime.now(UTC),
    )
    published = await server.client.publish(server.brand, post, key)
    found = await server.client.find_post(server.brand, post, key, began)
    assert [one.remote_id for one in found] == [published.remote_id]
    assert not await server.client.find_post(server.brand, words(), key, began)
    target = Target(published.remote_id, published.remote_id)
    assert await server.client.delete(server.brand, target) == "done"

    async def gone() -> bool:
        try:
            await server.client.read(server.brand, published.remote_id, {})
        except Gone:
            return True
        return False

    assert await eventually(gone)
    assert await server.client.delete(server.brand, target) == "gone"


async def test_mentions_and_quiet_answers_are_read_and_answered(server: Server) -> None:
    """A mention is notified, an answer that names nobody is not: both are read, and the answer finds its place."""
    _, cursor = await server.seen({})
    post = await server.client.publish(server.brand, words(), delivery())
    mention = await server.person_says(f"@{server.handle} une question {uuid4()}")
    quiet = await server.person_says(f"sans nommer {uuid4()}", in_reply_to_id=post.remote_id)

    async def both() -> dict[str, Sighting] | None:
        seen, _ = await server.seen(cursor)
        return seen if {mention["id"], quiet["id"]} <= seen.keys() else None

    seen = await eventually(both)
    assert seen[quiet["id"]].thread_external_id == post.remote_id
    assert seen[mention["id"]].thread_external_id == mention["id"]
    assert not seen[mention["id"]].author_is_brand
    text, key, began = f"Merci {uuid4()}", delivery(), datetime.now(UTC) - timedelta(seconds=5)
    answer = await server.client.reply(server.brand, target_of(mention), text, key)
    found = await server.client.find_reply(server.brand, target_of(mention), text, key, began)
    assert [one.remote_id for one in found] == [answer.remote_id]


async def test_a_direct_message_is_answered_directly(server: Server) -> None:
    """What was said to us alone is answered to them alone."""
    message = await server.person_says(f"@{server.handle} en privé {uuid4()}", visibility="direct")
    answer = await server.client.reply(server.brand, target_of(message), "Bien reçu", delivery())
    sighting = server.client.normalise(await server.client.read(server.brand, answer.remote_id, {}))
    assert sighting is not None
    assert sighting.extra["visibility"] == "direct"
    assert sighting.author_is_brand


async def test_what_is_refused_is_told_apart(server: Server) -> None:
    """Another's status, an empty one, one too long, an answer to nothing, a token of nobody."""
    said = await server.person_says(f"Bonjour {uuid4()}")
    with pytest.raises(Refused):
        await server.client.delete(server.brand, target_of(said))
    most = (await server.client.instance_settings(server.brand))["max_characters"]
    for text in ("", "x" * (most + 1)):
        with pytest.raises(Refused):
            await server.client.reply(server.brand, Target("", "", extra={}), text, delivery())
    nothing = Target("01ARZ3NDEKTSV4RRFFQ69G5FAV" if not said["id"].isdigit() else "1", "1")
    with pytest.raises(Refused):
        await server.client.reply(server.brand, nothing, "Bonjour", delivery())
    with pytest.raises(TokenLost):
        await server.client.whoami(with_token(server.brand, "nobodys-token"))
