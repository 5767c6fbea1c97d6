"""Campaigns on a real database and a simulated ad network, its loops turned by hand."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from parvis.simulator.launch import running
from parvis.simulator.remote import Row, Simulator
from services.campaigns.api.desk import Desk
from services.campaigns.api.shapes import Plan
from services.campaigns.app import Resources, assemble
from services.campaigns.settings import Settings
from shared.auth import Command
from shared.events.console.brand_changed import BrandChanged
from shared.events.console.channel_changed import ChannelChanged
from shared.events.console.parts import HOLD_EXAMPLE
from shared.events.crm.contact_updated import ContactUpdated
from shared.events.insights.crisis_eased import CrisisEased
from shared.events.insights.crisis_suspected import CrisisSuspected
from shared.events.insights.person_changed import PersonChanged
from shared.holds import ToldGates
from shared.keys import create
from shared.secrets import seal
from shared.service import Floor, open_floor
from tests.stores import indexed

State = dict[str, Any]
HALVES = [{"name": "A", "share": 50}, {"name": "B", "share": 50}]


@dataclass
class Office:
    """One brand's campaigns, and its account on the ad network."""

    resources: Resources
    simulator: Simulator
    account: Row
    brand_id: str
    channel: ChannelChanged
    told: list[str] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        """Where people's commands arrive."""
        return self.resources.desk()

    def who(self, seq: int | None = None, key: str = "", digest: str = "") -> Command:
        """A manager's command."""
        return Command(self.brand_id, "ines", "compose", key or str(uuid4()), seq, digest)

    def plan(self, **more: Any) -> Plan:
        """A campaign of today and tomorrow that spends as fast as it can."""
        today = datetime.now(UTC).date()
        days = {"first_day": today - timedelta(days=1), "last_day": today + timedelta(days=2)}
        plan = {"name": "Winter", "channel_id": self.channel.channel_id, "budget": 1000, "pacing": "fast", **days}
        return Plan.model_validate(plan | {"arms": HALVES} | more)

    async def planned(self, **more: Any) -> str:
        """A draft whose audience has been counted; its id."""
        answer = await self.desk.create(self.who(), self.plan(**more))
        await self.resources.counting().count()
        return str(answer.body["campaign_id"])

    async def runs(self, **more: Any) -> str:
        """One that was started, and that its network shows; its id."""
        campaign_id = await self.planned(**more)
        await self.desk.start(self.who(), campaign_id)
        await self.resources.driving().drive()
        return campaign_id

    async def turn(self) -> None:
        """Each loop once."""
        await self.resources.steering().steer()
        await self.resources.driving().drive()
        await self.resources.reporting().read_all()
        await self.resources.driving().drive()

    async def state(self, campaign_id: str) -> State:
        """As commands answer it."""
        return dict((await self.desk.read(self.brand_id, campaign_id)).body)

    async def stands(self, campaign_id: str) -> tuple[str, str]:
        """Its state, and why."""
        state = await self.state(campaign_id)
        return state["state"], state["cause"]

    async def books(self, campaign_id: str) -> Row:
        """What really happened at the network."""
        return await self.simulator.ad(self.account, campaign_id)

    async def spent(self, campaign_id: str) -> int:
        """Cents, as the service sums them."""
        return await self.resources.course.spend.total(self.brand_id, campaign_id)

    async def people(self, facts: Sequence[PersonChanged]) -> None:
        """Insights tells of people."""
        await self.resources.profiles.learn(facts, datetime.now(UTC))

    async def hears_of_contact(self, seq: int, *people: str, name: str = "c", **more: Any) -> None:
        """Another system says who these people are."""
        about = {"brand_id": self.brand_id, "contact_id": name, "seq": seq, "authors": list(people), **more}
        fact = ContactUpdated.example().model_copy(update=about)
        await self.resources.contacts.learn([fact], datetime.now(UTC))

    async def hears_of_hold(self, seq: int, shut: Sequence[str], replica: Resources | None = None) -> State:
        """Console says what one hold of the brand still shuts; what campaigns, or this replica of it, confirms."""
        hold = HOLD_EXAMPLE["holds"][0] | {"shut": list(shut)}
        told = {"gates": [{"brand_id": self.brand_id, "seq": seq, "holds": [hold] if shut else []}]}
        (gate,) = (await (replica or self.resources).gatekeeper().keep(ToldGates.model_validate(told)))["gates"]
        return dict(gate)

    def learn(self, floor: Floor) -> None:
        """What the directory tells a replica."""
        floor.directory.learn(BrandChanged(brand_id=self.brand_id, agency_id="a", name="Kerlann", seq=1))
        floor.directory.learn(self.channel)

    async def crisis(self, seq: int, begun: bool, **more: Any) -> None:
        """Insights tells of a crisis."""
        kind = CrisisSuspected if begun else CrisisEased
        fact = kind.example().model_copy(update={"brand_id": self.brand_id, "seq": seq, **more})
        await self.resources.course.gates.crisis([fact], begun)


@pytest.fixture(scope="package")
async def simulator() -> AsyncIterator[Simulator]:
    """One ad network for all stories here."""
    async with running() as simulator:
        yield simulator


@pytest.fixture
async def office(
    kafka: str, mongo_uri: str, tmp_path: Path, prefix: str, simulator: Simulator
) -> AsyncIterator[Office]:
    """A brand of its own with an ad account, and no campaign yet."""
    create(tmp_path)
    settings = Settings(
        kafka=kafka,
        mongo=mongo_uri,
        keys_dir=tmp_path,
        database_prefix=prefix,
        egress_allow=(simulator.address,),
        request_timeout=60.0,  # what a story holds up must not end by itself
        lease_seconds=300.0,
    )
    await simulator.ad_pace(cents_per_second=2000, report_seconds=0)
    account = await simulator.account("ads", f"Kerlann {uuid4()}")
    async with AsyncExitStack() as stack:
        floor = await stack.enter_async_context(open_floor(settings, "campaigns"))
        resources = await stack.enter_async_context(assemble(settings, floor))
        await indexed(floor.database)
        brand_id = f"br-{uuid4().hex[:8]}"
        channel = ChannelChanged(
            brand_id=brand_id,
            channel_id=f"ads-{brand_id}",
            network="ads",
            account_id=account["id"],
            name="Kerlann",
            base_url=simulator.base_url("ads"),
            token_sealed=seal(floor.keys.platform_public, account["token"]),
            connected_at=datetime(2026, 1, 1, tzinfo=UTC),
            seq=1,
        )
        office = Office(resources, simulator, account, brand_id, channel)
        office.learn(floor)
        floor.database.outbox.on_commit(_listen(office.told))
        yield office
        await simulator.behave()


def _listen(told: list[str]) -> Callable[[Any], None]:
    def listen(rows: Any) -> None:
        told.extend(dict(row.message.headers)["ce_type"].decode().split(".")[-2] for row in rows)

    return listen


def person(brand_id: str, number: int, seq: int = 1, **more: Any) -> PersonChanged:
    """Somebody who speaks to the brand."""
    now = datetime.now(UTC)
    about = {
        "brand_id": brand_id,
        "person_id": f"p{number:05}",
        "seq": seq,
        "handle": f"h{number}",
        "name": f"P {number}",
    }
    told = {"said": 1 + number % 7, "moods": {"positive": number % 3, "negative": 1}, "first_seen_at": now}
    return PersonChanged.example().model_copy(update={**about, **told, "last_seen_at": now, **more})
