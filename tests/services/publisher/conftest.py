"""A publisher's loops on a real database, and a network that does what a story wants."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.publisher.api.desk import Desk
from services.publisher.api.replies import Answering
from services.publisher.loops.drive_visibility import Driver
from services.publisher.loops.send_due import Sender
from services.publisher.loops.settle import Settler
from services.publisher.loops.token_losses import TokenLosses
from services.publisher.settings import Settings
from services.publisher.store.conclusion import Conclusion
from services.publisher.store.deliveries import Deliveries
from services.publisher.store.endings import Endings
from services.publisher.store.gates import Gates
from services.publisher.store.posts import Posts
from services.publisher.store.wishes import Wishes
from shared.auth import Command
from shared.commands import Answers
from shared.epochs import Epochs
from shared.events.console.brand_changed import BrandChanged
from shared.events.console.channel_changed import ChannelChanged
from shared.in_flight import InFlight
from shared.keys import create
from shared.service import Floor, open_floor
from tests.services.publisher.wall import Wall
from tests.stores import indexed


@dataclass
class Publisher:
    """Publisher's loops, turned by hand."""

    floor: Floor
    wall: Wall
    deliveries: Deliveries
    posts: Posts
    wishes: Wishes
    gates: Gates
    epochs: Epochs
    conclusion: Conclusion
    sender: Sender
    settler: Settler
    driver: Driver
    calls: InFlight
    brand: BrandChanged
    channel: ChannelChanged

    async def turn(self, times: int = 1) -> None:
        """Let each loop work once, and wait for what it started."""
        for _ in range(times):
            await self.sender.send_due()
            await self.settle_calls()
            await self.settler.settle_due()
            await self.settle_calls()
            await self.driver.drive_due()
            await self.settle_calls()

    async def settle_calls(self) -> None:
        """Wait for the calls under way."""
        async with InFlight.open(0, 0) as none:
            none._tasks = self.calls._tasks

    async def plan_post(
        self, text: str, due: datetime | None = None, epoch: int = 0, channel: ChannelChanged | None = None
    ) -> str:
        """An approved post with one delivery; its id."""
        to = channel or self.channel
        post_id = str(uuid4())
        post = {
            "_id": post_id,
            "brand_id": self.brand.brand_id,
            "seq": 1,
            "state": "scheduled",
            "title": "",
            "renditions": [{"channel_id": to.channel_id, "network": to.network, "text": text}],
            "due_at": due,
            "timezone": "UTC",
            "author": "ines",
            "approved_by": "tom",
        }
        moment = due or await self.floor.database.now()

        async def work(tx: Any) -> None:
            await self.posts.add(post, tx=tx)
            await self.posts.expect_deliveries(post, epoch, moment, tx=tx)

        await self.floor.database.transact(work)
        return post_id

    async def state(self, post_id: str) -> str:
        """The state of the post's delivery."""
        return str((await self.posts.deliveries(self.brand.brand_id, post_id))[0]["state"])

    def connect(self, network: str, **changes: Any) -> ChannelChanged:
        """One more channel of the brand."""
        update = {"channel_id": str(uuid4()), "network": network, "account_id": str(uuid4())}
        channel = self.channel.model_copy(update=update | changes)
        self.floor.directory.learn(channel)
        return channel

    def network(self, name: str, wall: Any) -> Any:
        """One more network, as the loops know them."""
        assert isinstance(self.sender.networks, dict)
        self.sender.networks[name] = wall
        return wall

    async def stored(self, post_id: str) -> dict[str, Any]:
        """The post."""
        return await self.posts.get(self.brand.brand_id, post_id)

    def desk(self) -> Desk:
        """Where people's commands on posts arrive."""
        answers = Answers(self.floor.database)
        return Desk(self.floor, self.sender.networks, self.posts, self.epochs, answers)

    def answering(self) -> Answering:
        """Where people's replies arrive."""
        answers = Answers(self.floor.database)
        return Answering(self.floor, self.sender.networks, self.posts, self.conclusion, answers)

    def who(self, person: str = "ines", key: str = "", seq: int | None = None, digest: str = "") -> Command:
        """A person's command, with a key of its own unless given."""
        return Command(self.brand.brand_id, person, "compose", key or str(uuid4()), seq, digest)

    told: list[str] = field(default_factory=list)


@pytest.fixture
async def publisher(kafka: str, mongo_uri: str, tmp_path: Path, prefix: str) -> AsyncIterator[Publisher]:
    """A publisher of its own: one brand, one channel, one wall."""
    create(tmp_path)
    settings = Settings(
        kafka=kafka,
        mongo=mongo_uri,
        keys_dir=tmp_path,
        database_prefix=prefix,
        looks=(0.0, 0.0),
        request_timeout=0.2,
    )
    async with AsyncExitStack() as stack:
        floor = await stack.enter_async_context(open_floor(settings, "publisher"))
        brand = BrandChanged(brand_id=str(uuid4()), agency_id="a", name="Kerlann", seq=1)
        channel = ChannelChanged(
            brand_id=brand.brand_id,
            channel_id=str(uuid4()),
            network="wall",
            account_id="1",
            name="Kerlann",
            base_url="http://wall.test",
            connected_at=datetime(2026, 1, 1, tzinfo=UTC),
            seq=1,
        )
        _know(floor, brand, channel)
        posts, deliveries, wishes, gates, epochs = _stores(floor)
        await indexed(floor.database)
        wall = Wall()
        networks = {"wall": wall}
        calls = await stack.enter_async_context(InFlight.open(16, 4))
        conclusion, losses = Conclusion(floor, deliveries, posts, epochs), TokenLosses(floor)
        publisher = Publisher(
            floor,
            wall,
            deliveries,
            posts,
            wishes,
            gates,
            epochs,
            conclusion,
            Sender(floor, settings, networks, deliveries, conclusion, gates, calls, losses),
            Settler(floor, settings, networks, deliveries, conclusion, calls),
            Driver(floor, settings, networks, wishes, Endings(floor, wishes, epochs), gates, calls, losses),
            calls,
            brand,
            channel,
        )
        floor.database.outbox.on_commit(_listen(publisher.told))
        yield publisher


def _stores(floor: Floor) -> tuple[Posts, Deliveries, Wishes, Gates, Epochs]:
    database = floor.database
    return Posts(database), Deliveries(database), Wishes(database), Gates(database), Epochs(database)


def _listen(told: list[str]) -> Callable[[Any], None]:
    def listen(rows: Any) -> None:
        for row in rows:
            kind = dict(row.message.headers)["ce_type"].decode()
            told.append(kind.split(".")[-2])

    return listen


def _know(floor: Floor, brand: BrandChanged, channel: ChannelChanged) -> None:
    floor.directory.learn(brand)
    floor.directory.learn(channel)
