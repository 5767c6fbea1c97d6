"""Each channel's reading is claimed by one, and only its last claim counts."""

from shared.networks.capabilities import TokenLost
from tests.services.ingest.conftest import Ingest
from tests.services.ingest.square import page


async def test_of_two_replicas_one_reads(ingest: Ingest) -> None:
    """Both saw that it is due; the claim is a compare-and-set."""
    await ingest.polls.expect([ingest.channel])
    due = await ingest.polls.due([ingest.channel.channel_id], 10)
    assert len(await ingest.polls.claim(due, "one")) == 1
    assert await ingest.polls.claim(due, "other") == []
    assert await ingest.polls.due([ingest.channel.channel_id], 10) == []


async def test_a_late_holder_changes_nothing(ingest: Ingest) -> None:
    """Its lease ran out and another claim came: its cursor is dropped."""
    await ingest.polls.expect([ingest.channel])
    (late,) = await ingest.polls.claim(await ingest.polls.due([ingest.channel.channel_id], 1), "late")
    await ingest.polls.due_now(ingest.channel.channel_id)
    (new,) = await ingest.polls.claim(await ingest.polls.due([ingest.channel.channel_id], 1), "new")
    assert not await ingest.polls.finish(late, 0, cursor={"late": True})
    assert await ingest.polls.finish(new, 60, cursor={"new": True})
    assert (await ingest.row()).cursor == {"new": True}


async def test_the_next_process_of_that_name_reads_what_a_killed_one_was_reading(ingest: Ingest) -> None:
    """Nobody waits for a lease of two minutes; another replica's reading goes on, and a finished one is not hurried."""
    await ingest.polls.expect([ingest.channel])
    (held,) = await ingest.polls.claim(await ingest.polls.due([ingest.channel.channel_id], 1), "a", "ingest-0")
    await ingest.polls.take_back("ingest-1")
    assert await ingest.polls.due([ingest.channel.channel_id], 1) == []
    await ingest.polls.take_back("ingest-0")
    (again,) = await ingest.polls.claim(await ingest.polls.due([ingest.channel.channel_id], 1), "b", "ingest-0")
    assert not await ingest.polls.finish(held, 0)
    assert await ingest.polls.finish(again, 60)
    await ingest.polls.take_back("ingest-0")
    assert await ingest.polls.due([ingest.channel.channel_id], 1) == []


async def test_starting_over_is_not_undone_by_the_reading_under_way(ingest: Ingest) -> None:
    """A person asked for all of it while a poll was reading on: the beginning wins."""
    await ingest.polls.expect([ingest.channel])
    (under_way,) = await ingest.polls.claim(await ingest.polls.due([ingest.channel.channel_id], 1), "a")
    assert await ingest.polls.start_over(ingest.channel.channel_id)
    await ingest.polls.finish(under_way, 600, cursor={"far": 1}, backfill_finished=True)
    (row,) = await ingest.polls.due([ingest.channel.channel_id], 1)
    assert (row.cursor, row.backfill_finished) == ({}, False)


async def test_a_row_is_made_once_and_expecting_it_again_changes_nothing(ingest: Ingest) -> None:
    """Rows are expected once a token and process, not at each turn."""
    ingest.square.pages = [page(at=1)]
    await ingest.poll(3)
    await ingest.polls.expect([ingest.channel])
    assert (await ingest.row()).cursor == {"at": 1}


async def test_a_renewed_token_is_tried_at_once(ingest: Ingest) -> None:
    """The old one was lost, and the channel asked only every ten minutes; its cursor stays."""
    ingest.square.pages = [page(at=1), TokenLost("expired"), page(at=2)]
    await ingest.poll()
    await ingest.polls.due_now(ingest.channel.channel_id)
    await ingest.poll(2)
    assert len(ingest.square.cursors) == 2
    ingest.floor.directory.learn(ingest.channel.model_copy(update={"renewal": 1, "seq": 2}))
    await ingest.poll()
    row = await ingest.row()
    assert (row.cursor, row.token, row.problem) == ({"at": 2}, "ok", "")
