"""What managers do with campaigns, each in one transaction with its event and its stored answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.campaigns.api.shapes import Plan, campaign_state
from services.campaigns.domain import steering as rules
from services.campaigns.domain.audience.criteria import problems
from services.campaigns.domain.campaign import drafted, new_audience
from services.campaigns.domain.steering import Turn
from services.campaigns.store.campaigns import Campaign
from services.campaigns.store.course import Course, turned_to
from shared.auth import Command
from shared.commands import Answer, Answers
from shared.epochs import Epochs
from shared.errors import Conflict, NotFound
from shared.events.campaigns.campaign_changed import CampaignChanged
from shared.events.console.brand_changed import BrandChanged
from shared.mongo.transactions import Transaction
from shared.networks.advertising import Advertising
from shared.problems import Problem
from shared.service import Floor

Step = Callable[[Transaction, Campaign, datetime], Awaitable[dict[str, Any]]]
FIXED = ("arms", "channel_id", "currency", "first_day")  # once money was spent on it


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands need."""

    floor: Floor
    networks: Mapping[str, Any]
    course: Course
    epochs: Epochs
    answers: Answers

    async def read(self, brand_id: str, campaign_id: str) -> Answer:
        """The campaign as it is."""
        return Answer(campaign_state(await self.course.campaigns.get(brand_id, campaign_id)))

    async def create(self, who: Command, plan: Plan) -> Answer:
        """A new campaign, a draft; the same `campaign_id` again answers with the one that is there."""
        brand = self._brand(who.brand_id)
        self._check(brand, plan)
        now, epoch = await self.floor.database.now(), (await self.epochs.current()).value
        plan_id, said = plan.campaign_id or self.floor.new_id(), {"timezone": brand.timezone, "person": who.person}
        campaign = drafted(plan_id, who.brand_id, {**plan.stored(), **said}, now)

        async def work(tx: Transaction) -> Answer:
            known = await self.course.campaigns.find(who.brand_id, campaign["_id"], tx=tx)
            if known is None:
                await self.course.campaigns.add(dict(campaign), tx=tx)
                self.course.campaigns.state(campaign, CampaignChanged, tx=tx, now=now, epoch=epoch)
            return Answer(campaign_state(known or campaign), 201)

        return await self.answers.once(who, work)

    async def change(self, who: Command, campaign_id: str, plan: Plan) -> Answer:
        """Another plan. What was spent stays spent, and creatives that money was spent on stay what they are."""
        self._check(self._brand(who.brand_id), plan)

        async def step(tx: Transaction, campaign: Campaign, now: datetime) -> dict[str, Any]:
            changes = plan.stored()
            if campaign["state"] == "ended" and campaign["cause"] not in ("budget", "schedule"):
                raise Conflict(reason="it was ended for good")
            fixed = [name for name in FIXED if changes[name] != campaign[name]]
            if campaign["spent"] and fixed:
                raise Problem(422, f"money was spent on it: {', '.join(fixed)} can be changed no more")
            if changes["criteria"] != campaign["criteria"]:
                changes["audience"] = new_audience(campaign["audience"]["number"] + 1, now)
            return changes

        return await self._step(who, campaign_id, step)

    async def start(self, who: Command, campaign_id: str) -> Answer:
        """It spends from now on, as far as budget, schedule and gate let it."""

        async def step(tx: Transaction, campaign: Campaign, now: datetime) -> dict[str, Any]:
            if campaign["state"] != "draft":
                raise Conflict(reason=f"the campaign is {campaign['state']}")
            return await self._go(who, campaign, now, "started", tx)

        return await self._step(who, campaign_id, step)

    async def resume(self, who: Command, campaign_id: str) -> Answer:
        """A paused one goes on; one that its budget ended, too, once it has been given more."""

        async def step(tx: Transaction, campaign: Campaign, now: datetime) -> dict[str, Any]:
            over = campaign["state"] == "ended" and campaign["cause"] in ("budget", "schedule")
            if campaign["state"] != "paused" and not over:
                raise Conflict(reason=f"the campaign is {campaign['state']}")
            return await self._go(who, campaign, now, "resumed", tx)

        return await self._step(who, campaign_id, step)

    async def pause(self, who: Command, campaign_id: str, why: str) -> Answer:
        """Nothing is spent until a person resumes it."""
        return await self._stop(who, campaign_id, "paused", why)

    async def end(self, who: Command, campaign_id: str, why: str) -> Answer:
        """For good."""
        return await self._stop(who, campaign_id, "ended", why)

    async def _stop(self, who: Command, campaign_id: str, state: str, why: str) -> Answer:
        async def step(tx: Transaction, campaign: Campaign, now: datetime) -> dict[str, Any]:
            if campaign["state"] == "ended" or (state == "paused" and campaign["state"] == "draft"):
                raise Conflict(reason=f"the campaign is {campaign['state']}")
            return turned_to(Turn(state, "person", False), now, who.person, why)

        return await self._step(who, campaign_id, step)

    async def _go(self, who: Command, campaign: Campaign, now: datetime, word: str, tx: Transaction) -> dict[str, Any]:
        if campaign["audience"]["counted"] != campaign["audience"]["number"]:
            raise Conflict(reason="its audience is still being counted")
        look = await self.course.look(campaign, now, tx=tx)
        if why := rules.why_not_resumed(campaign, look):
            raise Conflict(reason=why)
        return turned_to(rules.started(campaign, look, word), now, who.person) | {"ask_at": now}

    async def _step(self, who: Command, campaign_id: str, step: Step) -> Answer:
        now, epoch = await self.floor.database.now(), (await self.epochs.current()).value

        async def work(tx: Transaction) -> Answer:
            campaign = await self.course.campaigns.get(who.brand_id, campaign_id, tx=tx)
            _expect(who, campaign)
            try:
                changes = await step(tx, campaign, now)
            except Conflict as conflict:  # said in the campaign's own shape, which the page shows
                raise Conflict(campaign_state(campaign), conflict.reason) from conflict
            changed = await self.course.campaigns.change(campaign, changes, tx=tx, now=now, epoch=epoch)
            return Answer(campaign_state(changed))

        return await self.answers.once(who, work)

    def _brand(self, brand_id: str) -> BrandChanged:
        brand = self.floor.directory.brand(brand_id)
        if brand is None:
            raise NotFound(f"no brand {brand_id}")
        return brand

    def _check(self, brand: BrandChanged, plan: Plan) -> None:
        channel = self.floor.directory.channel(plan.channel_id)
        client = self.networks.get(channel.network) if channel else None
        if channel is None or channel.brand_id != brand.brand_id or not isinstance(client, Advertising):
            raise NotFound(f"no ad account {plan.channel_id} of this brand")
        if plan.last_day < self.floor.clock().astimezone(ZoneInfo(brand.timezone)).date():
            raise Problem(422, "the last day is over already")
        if found := problems(plan.criteria):
            raise Problem(422, f"a criterion is not valid: {found[0]['why']}", errors=found)


def _expect(who: Command, campaign: Campaign) -> None:
    """The person must have seen the last act; a new size or figure is no act."""
    seen = who.expected_seq
    if seen is not None and not campaign["acted"] <= seen <= campaign["seq"]:
        raise Conflict(campaign_state(campaign))
