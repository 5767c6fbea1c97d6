"""Dead messages come back when an operator says so, marked as a replay."""

from datetime import UTC, datetime, timedelta

from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.bus.replay import Replayed, Selection, replay
from shared.errors import Reject
from shared.events.ingest.payload_received import PayloadReceived
from tests.shared.bus.stage import Stage, payload, until


class Fixable:
    """Rejects everything until it is fixed."""

    def __init__(self) -> None:
        self.fixed = False
        self.done: dict[int, datetime | None] = {}

    async def handle(self, received: Received[PayloadReceived]) -> None:
        if not self.fixed:
            raise Reject(f"no way {received.event.part}")
        self.done[received.event.part] = received.cause.replayed_from


async def test_dead_messages_come_back_by_filter(stage: Stage) -> None:
    """First a dry run tells how many; then one brand's come back with the first message's time, the others stay."""
    fixable = Fixable()
    await stage.send(payload(1, "br-a"), payload(2, "br-a"), payload(3, "br-b"), payload(4, "br-c"))
    async with stage.running(bind(fixable.handle)) as consumer:
        await until(lambda: consumer.stats()["dead"] == 4)
        fixable.fixed = True
        ours = Selection(group=stage.group, brand="br-a", event="PayloadReceived")
        assert await replay(stage.database, ours) == Replayed(found=2, too_old=0)
        assert await replay(stage.database, Selection(error="no way 3")) == Replayed(found=1, too_old=0)
        assert await replay(stage.database, Selection(topic="another.v1")) == Replayed(found=0, too_old=0)
        assert fixable.done == {}
        await replay(stage.database, ours, dry_run=False)
        await until(lambda: set(fixable.done) == {1, 2})
        await replay(stage.database, Selection(brand="br-b"), with_effects=True, dry_run=False)
        await until(lambda: 3 in fixable.done)
    first = fixable.done[1]
    assert first is not None
    assert datetime.now(UTC) - first < timedelta(minutes=5)
    assert fixable.done[3] is None
    assert len(await stage.parked("dead")) == 1


async def test_what_is_older_than_the_marks_is_refused(stage: Stage) -> None:
    """After 30 days nobody remembers whether the effect has happened."""
    rows = stage.database.system("parked")
    old = (datetime.now(UTC) - timedelta(days=31)).timestamp() * 1000
    await rows.insert({"_id": "old", "state": "dead", "group": stage.group, "timestamp_ms": int(old)})
    assert await replay(stage.database, Selection(), dry_run=False) == Replayed(found=1, too_old=1)
    assert len(await stage.parked("dead")) == 1
