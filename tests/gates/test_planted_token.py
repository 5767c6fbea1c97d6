"""A channel's token, planted on purpose: nowhere is it found in clear."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pymongo
from aiokafka import TopicPartition

from shared.bus.admin import open_onlooker
from shared.events.topics import ALL
from tests.gates.street import NOBODY, Estate, Street, until

Places = dict[TopicPartition, int]


async def test_a_token_is_nowhere_in_clear(street: Street, theirs: Estate, kafka: str, mongo_uri: str) -> None:
    """Not in a store, an event, a header, a log or an answer, though its network is called with it and is away."""
    token, channel = f"planted-{uuid4().hex}", f"channel-{uuid4().hex[:8]}"
    before = await ends(kafka)
    facts = {"network": "mastodon", "account_id": "1", "name": "Planted", "base_url": f"http://{NOBODY}"}
    told = await street.api("PUT", f"/channels/{channel}", {"brand_id": theirs["brand_id"], "token": token, **facts})
    assert told.is_success, told.text
    assert token not in told.text

    async def known() -> bool:
        return any(channel.encode() in value for value in await since(kafka, before))

    await until(known)
    stated = await since(kafka, before)
    assert not [value for value in stated if token.encode() in value]
    kept = stores(mongo_uri)
    assert channel in kept
    assert token not in kept
    assert token not in repr(street.logs)


async def ends(kafka: str) -> Places:
    """Where each topic ends now."""
    async with open_onlooker(kafka, [topic.name for topic in ALL]) as onlooker:
        return dict(await onlooker.end_offsets(list(onlooker.assignment())))


async def since(kafka: str, before: Places) -> Sequence[bytes]:
    """All that was written since then: keys, values and headers."""
    found: list[bytes] = []
    async with open_onlooker(kafka, [topic.name for topic in ALL]) as onlooker:
        for place, offset in before.items():
            onlooker.seek(place, offset)
        onlooker.resume(*before)
        now = await onlooker.end_offsets(list(before))
        while any([await onlooker.position(place) < end for place, end in now.items()]):
            for messages in (await onlooker.getmany(timeout_ms=500)).values():
                found += [b"|".join([one.key or b"", one.value or b"", repr(one.headers).encode()]) for one in messages]
    return found


def stores(mongo_uri: str) -> str:
    """All databases as one text."""
    with pymongo.MongoClient[dict[str, Any]](mongo_uri) as client:
        mine = [client[name] for name in client.list_database_names() if name not in ("admin", "local", "config")]
        return "\n".join(repr(row) for one in mine for name in one.list_collection_names() for row in one[name].find())
