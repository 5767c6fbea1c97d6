"""The part of the suite that is about reading: polls, single objects, and what cannot be read."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from shared.networks.capabilities import Normalising, Polling, RawChange, Webhooks
from tests.networks.seats import CLIENTS, Seat, delivery, offered


async def test_a_poll_misses_nothing_and_ends(here: Seat) -> None:
    """Over many pages every word that was said is read, with its author, thread and time."""
    offered(here, Polling)
    targets = [await here.hears(f"Question {number}", author=f"Personne {number % 7}") for number in range(130)]
    seen = await here.seen()
    for target in targets:
        sighting = seen[target.external_id]
        assert sighting.thread_external_id == target.thread_external_id
        assert sighting.author.external_id == target.author_external_id
        assert not sighting.author_is_brand
        assert abs(sighting.said_at - datetime.now(UTC)) < timedelta(minutes=2)


async def test_the_next_poll_brings_what_is_new(here: Seat) -> None:
    """From the cursor on a later poll sees what was said since, and the new words of what was edited."""
    offered(here, Polling)
    edited = await here.hears("Bonjor")
    _, cursor = await here.polled()
    fresh = await here.hears("Et la bleue ?")
    await here.simulator.edit(edited.external_id, "Bonjour")
    seen = await here.seen(cursor)
    assert "Et la bleue ?" in seen[fresh.external_id].text
    assert seen[edited.external_id].text == "Bonjour"


async def test_a_poll_knows_the_brands_own_words(here: Seat) -> None:
    """What the account itself says is marked, so that nobody moderates or counts it as a customer's."""
    offered(here, Polling)
    target = await here.hears("Elle taille grand ?")
    post = await here.client.publish(here.account, here.post(), delivery())
    answer = await here.client.reply(here.account, target, "Prenez votre taille", delivery())
    seen = await here.seen()
    assert seen[post.remote_id].author_is_brand
    assert seen[answer.remote_id].author_is_brand
    assert seen[answer.remote_id].parent_external_id == target.external_id
    assert seen[answer.remote_id].thread_external_id == target.thread_external_id


async def test_a_single_object_reads_as_a_poll_reads_it(here: Seat) -> None:
    """`read` and `poll` say the same of the same object, or ingest would see edits where there are none."""
    offered(here, Polling)
    target = await here.hears("Elle taille grand ?")
    polled = (await here.seen())[target.external_id]
    read = here.client.normalise(await here.client.read(here.account, target.external_id, polled.extra))
    assert read == polled


async def test_pages_survive_a_stop_between_them(here: Seat) -> None:
    """A cursor is plain JSON, and a poll that goes on in another process goes on where it was."""
    offered(here, Polling)
    targets = [await here.hears(f"Question {number}") for number in range(30)]
    _, cursor = await here.polled()
    fresh = await here.hears("Encore une")
    seen = await here.seen(json.loads(json.dumps(cursor)))
    assert fresh.external_id in seen
    assert len(targets) == 30


MALFORMED = [
    b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"object":"page"}', b'{"object":"page","entry":{}}',
    b'{"object":"page","entry":[1]}', b'{"object":"page","entry":[{"id":null,"changes":[]}]}',
    b'{"object":"page","entry":[{"id":"1","changes":[{"field":"feed"}]}]}', b'{"object":"user","entry":[]}',
    b"[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("network", sorted(CLIENTS))
@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_input_is_a_value_error(network: str, body: bytes) -> None:
    """What cannot be read is told as such, whoever sent it: never another error, which would be a 500."""
    client = CLIENTS[network](None)  # type: ignore[arg-type]
    if isinstance(client, Webhooks):
        with pytest.raises(ValueError):
            client.split(body)
    assert isinstance(client, Normalising)
    for kind in ("read.post", "read.comment", "read.status"):
        with pytest.raises(ValueError):
            client.normalise(RawChange(network, "1", "1", kind, body))
    with suppress(ValueError):
        assert client.normalise(RawChange(network, "1", "1", "feed.comment.add", body)) is None
