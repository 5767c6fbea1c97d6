"""What people do with posts, each in one transaction with its event and its stored answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.publisher.api.shapes import Draft, Schedule, post_state
from services.publisher.domain import local_time
from services.publisher.domain import post as rules
from services.publisher.domain.codes import blocking
from services.publisher.domain.statements import post_fact
from services.publisher.store.posts import Post, Posts
from shared.auth import Command
from shared.bus.envelope import Outgoing
from shared.commands import Answer, Answers
from shared.epochs import Epochs
from shared.errors import Conflict, NotFound
from shared.events.console.brand_changed import BrandChanged
from shared.events.publisher.parts import PostFact
from shared.events.publisher.post_approved import PostApproved
from shared.events.publisher.post_cancelled import PostCancelled
from shared.events.publisher.post_changed import PostChanged
from shared.events.publisher.post_drafted import PostDrafted
from shared.events.publisher.post_scheduled import PostScheduled
from shared.mongo.transactions import Transaction
from shared.networks.accounts import settings_in
from shared.problems import Problem
from shared.service import Floor
from shared.telemetry import current_traceparent

GRACE = timedelta(minutes=2)  # people click late, and a command that got no answer is sent again

Step = Callable[[Transaction, Post], Awaitable[tuple[type[PostFact], dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands on posts need."""

    floor: Floor
    networks: Mapping[str, Any]
    posts: Posts
    epochs: Epochs
    answers: Answers

    async def read(self, brand_id: str, post_id: str) -> Answer:
        """The post as it is."""
        post = await self.posts.get(brand_id, post_id)
        return Answer(post_state(post, await self.posts.deliveries(brand_id, post_id)))

    async def draft(self, who: Command, draft: Draft) -> Answer:
        """A new post; the same `post_id` again answers with the post that is there."""
        brand = self._brand(who.brand_id)
        self._own_channels(brand, draft)
        planned = _planned(draft, brand)
        epoch, now = (await self.epochs.current()).value, self.floor.clock()
        post_id = draft.post_id or self.floor.new_id()

        async def work(tx: Transaction) -> Answer:
            post = await self.posts.find(who.brand_id, post_id, tx=tx)
            if post is None:
                post = _new(brand, post_id, who.person, draft, now) | {"epoch": epoch, "due_at": planned}
                await self.posts.add(post, tx=tx)
                event = post_fact(PostDrafted, post, person=who.person, at=now, epoch=epoch)
                tx.emit(Outgoing.first(event, now=now))
            return Answer(post_state(post, []), 201)

        return await self.answers.once(who, work)

    async def change(self, who: Command, post_id: str, draft: Draft) -> Answer:
        """Changing the text voids the approval and takes back what was scheduled; its time stays as a plan."""
        brand = self._brand(who.brand_id)
        self._own_channels(brand, draft)
        planned = _planned(draft, brand)

        async def step(tx: Transaction, post: Post) -> tuple[type[PostFact], dict[str, Any]]:
            state = rules.edited_state(post)
            await self.posts.withdraw(post, "cancelled", tx=tx)
            renditions = [one.model_dump(exclude_defaults=True) for one in draft.renditions]
            changes = {"title": draft.title, "renditions": renditions, "approved_by": ""}
            plan = {"due_at": planned or post["due_at"]}
            return PostChanged, {"state": state, "edited_by": who.person, **changes, **plan}

        return await self._step(who, post_id, step)

    async def submit(self, who: Command, post_id: str) -> Answer:
        """Asks for approval; what the networks would refuse is said now."""
        brand = self._brand(who.brand_id)

        async def step(tx: Transaction, post: Post) -> tuple[type[PostFact], dict[str, Any]]:
            state = rules.submitted_state(post, brand.approval)
            self._fits(post)
            kind: type[PostFact] = PostApproved if state == "approved" else PostChanged
            return kind, {"state": state}

        return await self._step(who, post_id, step)

    async def approve(self, who: Command, post_id: str) -> Answer:
        """A second person says yes to exactly this version."""
        brand = self._brand(who.brand_id)

        async def step(tx: Transaction, post: Post) -> tuple[type[PostFact], dict[str, Any]]:
            rules.may_approve(post, who.person, brand.approval)
            return PostApproved, {"state": "approved", "approved_by": who.person}

        return await self._step(who, post_id, step)

    async def schedule(self, who: Command, post_id: str, schedule: Schedule) -> Answer:
        """Gives it a time that has not long passed; the deliveries stand from then on. At once is `send`."""
        due_at = _due_at(schedule, self._brand(who.brand_id))
        return await self._leave(who, post_id, due_at)

    async def reschedule(self, who: Command, post_id: str, schedule: Schedule) -> Answer:
        """Another time, not in the past: what is scheduled leaves then, of what is not approved the plan moves."""
        due_at = _due_at(schedule, self._brand(who.brand_id))
        epoch = (await self.epochs.current()).value

        async def step(tx: Transaction, post: Post) -> tuple[type[PostFact], dict[str, Any]]:
            leaves = rules.leaves_when_moved(post)
            _has_not_passed(due_at, await self.floor.database.now())
            if leaves:
                return await self._expect(tx, who, post, due_at, epoch)
            return PostChanged, {"due_at": due_at}

        return await self._step(who, post_id, step)

    async def send(self, who: Command, post_id: str) -> Answer:
        """Now, by the database's clock."""
        return await self._leave(who, post_id, None)

    async def cancel(self, who: Command, post_id: str, why: str) -> Answer:
        """Takes it back; what already left cannot be."""

        async def step(tx: Transaction, post: Post) -> tuple[type[PostFact], dict[str, Any]]:
            rules.may_cancel(post)
            await self.posts.withdraw(post, "cancelled", tx=tx)
            return PostCancelled, {"state": "cancelled"}

        return await self._step(who, post_id, step, why)

    async def _leave(self, who: Command, post_id: str, due_at: datetime | None) -> Answer:
        epoch = (await self.epochs.current()).value

        async def step(tx: Transaction, post: Post) -> tuple[type[PostFact], dict[str, Any]]:
            rules.may_schedule(post)
            now = await self.floor.database.now()
            _has_not_passed(due_at or now, now - GRACE)
            return await self._expect(tx, who, post, due_at or now, epoch)

        return await self._step(who, post_id, step)

    async def _expect(
        self, tx: Transaction, who: Command, post: Post, due_at: datetime, epoch: int
    ) -> tuple[type[PostFact], dict[str, Any]]:
        """Its deliveries stand, due then; `Conflict` where one is under way."""
        self._fits(post)
        await self.posts.withdraw(post, "scheduled", tx=tx)
        scheduled = {**post, "scheduled_by": who.person, "trace": current_traceparent()}
        if not await self.posts.expect_deliveries(scheduled, epoch, due_at, tx=tx):
            raise Problem(422, "there is nothing left to send: every channel has it, or none was chosen")
        return PostScheduled, {"state": "scheduled", "due_at": due_at}

    async def _step(self, who: Command, post_id: str, step: Step, why: str = "") -> Answer:
        epoch, now = (await self.epochs.current()).value, self.floor.clock()

        async def work(tx: Transaction) -> Answer:
            post = await self.posts.get(who.brand_id, post_id, tx=tx)
            current = post_state(post, await self.posts.deliveries(who.brand_id, post_id, tx=tx))
            who.expect(post["seq"], current)
            try:
                kind, changes = await step(tx, post)
            except Conflict as conflict:  # said in the post's own shape, which the page shows
                raise Conflict(current, conflict.reason) from conflict
            post = await self.posts.change(post, changes, tx=tx)
            event = post_fact(kind, post, person=who.person, at=now, epoch=epoch, why=why)
            tx.emit(Outgoing.first(event, now=now))
            return Answer(post_state(post, await self.posts.deliveries(who.brand_id, post_id, tx=tx)))

        return await self.answers.once(who, work)

    def _brand(self, brand_id: str) -> BrandChanged:
        brand = self.floor.directory.brand(brand_id)
        if brand is None:
            raise NotFound(f"no brand {brand_id}")
        return brand

    def _own_channels(self, brand: BrandChanged, draft: Draft) -> None:
        for rendition in draft.renditions:
            channel = self.floor.directory.channel(rendition.channel_id)
            if channel is None or channel.brand_id != brand.brand_id or channel.network != rendition.network:
                raise NotFound(f"no {rendition.network} channel {rendition.channel_id} of this brand")

    def _fits(self, post: Post) -> None:
        errors = blocking(post["renditions"], self.networks, settings_in(self.floor.directory, post["brand_id"]))
        if errors or not post["renditions"]:
            raise Problem(422, "the networks would refuse it" if errors else "choose a channel first", errors=errors)


def _new(brand: BrandChanged, post_id: str, person: str, draft: Draft, now: datetime) -> Post:
    return {
        "_id": post_id,
        "brand_id": brand.brand_id,
        "seq": 1,
        "state": "draft",
        "title": draft.title,
        "renditions": [one.model_dump(exclude_defaults=True) for one in draft.renditions],
        "due_at": None,
        "timezone": brand.timezone,
        "author": person,
        "approved_by": "",
        "created_at": now,
        "updated_at": now,
    }


def _planned(draft: Draft, brand: BrandChanged) -> datetime | None:
    """When its author means it to leave, if they say."""
    if draft.due_at is None and draft.local is None:
        return None
    return _due_at(Schedule(due_at=draft.due_at, local=draft.local), brand)


def _has_not_passed(due_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise Problem(422, "that time has passed", reason="past")


def _due_at(schedule: Schedule, brand: BrandChanged) -> datetime:
    if schedule.due_at is not None:
        return schedule.due_at
    if schedule.local is None or schedule.local.tzinfo is not None:
        raise Problem(422, "say when: due_at with an offset, or local without one")
    try:
        return local_time.moment(schedule.local, brand.timezone)
    except (local_time.NoSuchTime, local_time.TwiceThatTime) as error:
        choices = [choice.isoformat() for choice in error.choices]
        raise Problem(422, f"{error}; choose one of `choices`", choices=choices) from error
