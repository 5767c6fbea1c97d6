"""Raw changes become facts, each once, whatever comes twice."""

import asyncio
from datetime import timedelta

import pytest

from shared.errors import Reject, UnknownOwner
from shared.events.event import Event
from shared.events.ingest.parts import InteractionText
from tests.services.ingest.conftest import Ingest
from tests.services.ingest.square import NOON


def told(events: list[Event]) -> list[tuple[str, int]]:
    return [(type(one).__name__, getattr(one, "revision", 0)) for one in events]


async def test_a_batch_states_each_fact_in_order(ingest: Ingest) -> None:
    """Said, edited and deleted in one batch: three facts about one interaction."""
    ingest.raw()
    ingest.raw("edited", "Bonsoir")
    ingest.raw("deleted")
    events = await ingest.handle()
    assert told(events) == [("InteractionReceived", 1), ("InteractionEdited", 2), ("InteractionDeleted", 0)]
    assert len({one.subject() for one in events}) == 1


async def test_a_crash_after_the_write_states_the_same_again(ingest: Ingest) -> None:
    """The database was written, Kafka was not: the same messages state the same facts with the same ids."""
    ingest.raw()
    ingest.raw("edited", "Bonsoir")
    first = await ingest.handle()
    again = await ingest.handle()
    assert [one.event_id() for one in again] == [one.event_id() for one in first]
    assert again == first


async def test_a_repeated_webhook_states_nothing(ingest: Ingest) -> None:
    """Another message with the same content stays silent, also in the same batch."""
    ingest.raw()
    ingest.raw()
    assert told(await ingest.handle()) == [("InteractionReceived", 1)]
    ingest.raw()
    assert told(await ingest.handle(ingest.sent[-1])) == []


async def test_two_replicas_at_once_agree_about_revisions(ingest: Ingest) -> None:
    """The webhook's lane and the poll's lane meet: nothing is stated twice, nothing is lost."""
    ingest.raw()
    await ingest.handle()
    for n in range(6):
        ingest.raw("edited", f"version {n}")
    stated = await asyncio.gather(*(ingest.handle(one) for one in ingest.sent[1:]))
    ids = [one.event_id() for events in stated for one in events]
    assert len(ids) == len(set(ids))
    known = await ingest.objects.recall({stated[-1][0].subject(): ingest.channel.brand_id})
    assert next(iter(known.values())).memory.text == "version 5"


async def test_what_the_network_does_not_allow_is_dead_at_once(ingest: Ingest) -> None:
    """A body that cannot be read is nobody's outage: it is rejected with its reason."""
    ingest.raw("shouted")
    ingest.sent[0] = type(ingest.sent[0])(
        ingest.sent[0].event.model_copy(update={"body": "not json"}), ingest.sent[0].cause
    )
    with pytest.raises(Reject, match="square sent"):
        await ingest.handle()


async def test_an_unknown_channel_waits(ingest: Ingest) -> None:
    """The directory may be late: the message is parked, not lost."""
    ingest.raw()
    ingest.sent[0] = type(ingest.sent[0])(
        ingest.sent[0].event.model_copy(update={"channel_id": "nobody"}), ingest.sent[0].cause
    )
    with pytest.raises(UnknownOwner):
        await ingest.handle()


async def test_the_same_object_in_two_channels_is_two_interactions(ingest: Ingest) -> None:
    """Ids derive from network, channel and the network's own id."""
    ingest.raw(on="c1")
    ingest.raw(on="c2")
    events = await ingest.handle()
    assert len({one.subject() for one in events}) == 2


async def test_an_old_comment_stays_old_when_it_is_edited(ingest: Ingest) -> None:
    """Said before the channel was connected; the edit notice tells no time. Nothing acts on it by rule."""
    said_at = (ingest.channel.connected_at - timedelta(days=30)).isoformat()
    ingest.raw(via="poll", said_at=said_at)
    ingest.raw("edited", "Bonsoir", said_at="")
    received, edited = await ingest.handle()
    assert isinstance(received, InteractionText)
    assert isinstance(edited, InteractionText)
    assert (received.backfill, edited.backfill) == (True, True)
    assert edited.said_at == received.said_at


async def test_an_edit_does_not_show_a_hidden_comment_again(ingest: Ingest) -> None:
    """The edit notice says nothing about visibility: what is known stands, under the higher number too."""
    ingest.raw()
    ingest.raw("visibility", visibility="hidden")
    ingest.raw("edited", "Bonsoir")
    *_, edited = await ingest.handle()
    assert isinstance(edited, InteractionText)
    assert (edited.visibility, edited.sighting) == ("hidden", 3)


@pytest.mark.parametrize("together", [True, False])
async def test_a_hiding_that_overtakes_its_comment_is_not_lost(ingest: Ingest, together: bool) -> None:
    """In one batch or two: the comment comes in hidden, where and when it was said."""
    ingest.raw("visibility", visibility="hidden", said_at="")
    if not together:
        await ingest.handle()
    ingest.raw(permalink="https://square.test/c1", parent_external_id="p1")
    events = await ingest.handle(*(() if together else ingest.sent[1:]))
    received = events[-1]
    assert isinstance(received, InteractionText)
    assert received.visibility == "hidden"
    assert (received.place.permalink, received.place.parent_external_id) == ("https://square.test/c1", "p1")
    assert received.said_at == NOON


async def test_what_is_stated_after_a_restore_carries_the_new_epoch(ingest: Ingest) -> None:
    """Counters of a restored store begin lower; the epoch makes what they number newer."""
    await ingest.floor.database.system("epochs").insert({"_id": "epoch", "value": 3, "raised_at": NOON})
    ingest.raw()
    ingest.raw("visibility", visibility="hidden")
    ingest.raw("deleted")
    assert {getattr(one, "epoch", None) for one in await ingest.handle()} == {3}


async def test_a_network_that_nobody_reads_any_longer_is_dead_at_once(ingest: Ingest) -> None:
    """An older version sent it: trying again would not help."""
    ingest.raw()
    event = ingest.sent[0].event.model_copy(update={"network": "myspace"})
    with pytest.raises(Reject, match="myspace"):
        await ingest.handle(type(ingest.sent[0])(event, ingest.sent[0].cause))
