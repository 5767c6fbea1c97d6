"""Replies, checks of renditions, and what a person says about a stranded delivery."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.publisher.api.shapes import (
    ACTION_STATE_EXAMPLE,
    CHECKED_EXAMPLE,
    POST_STATE_EXAMPLE,
    Check,
    Reply,
    Settlement,
    action_state,
    post_state,
)
from services.publisher.domain.codes import findings
from services.publisher.store.conclusion import Conclusion
from services.publisher.store.posts import Posts
from shared.auth import Command, command
from shared.commands import Answer, Answers, answers
from shared.errors import Conflict, Duplicate, NotFound
from shared.events.ids import derive
from shared.mongo.transactions import Transaction
from shared.networks.accounts import settings_in, settings_of
from shared.networks.capabilities import Coded, Publishing, Rendition
from shared.problems import Problem, responses
from shared.service import Floor
from shared.telemetry import current_traceparent

MayReply = Annotated[Command, Depends(command("reply"))]
MayRead = Annotated[Command, Depends(command("read"))]
MaySchedule = Annotated[Command, Depends(command("schedule"))]


@dataclass(frozen=True, slots=True)
class Answering:
    """What these commands need."""

    floor: Floor
    networks: Mapping[str, Any]
    posts: Posts
    conclusion: Conclusion
    answers: Answers

    async def reply(self, who: Command, reply: Reply) -> Answer:
        """A delivery of its own, due at once."""
        self._fits(who.brand_id, reply)
        epoch, now = (await self.conclusion.epochs.current()).value, await self.floor.database.now()
        delivery = _delivery(who, reply, epoch, now)

        async def work(tx: Transaction) -> Answer:
            known = await self.posts.find_delivery(who.brand_id, delivery["_id"], tx=tx)
            if known is None:
                await self.posts.add_delivery(delivery, tx=tx)
            elif any(known[name] != delivery[name] for name in ("interaction_id", "rendition")):
                raise Conflict(action_state(known), "this reply_id was used for another reply")
            return Answer(action_state(known or delivery), 202)

        return await self.answers.once(who, work)

    async def settle(self, who: Command, delivery_id: str, settlement: Settlement) -> Answer:
        """A person looked: it is there (`confirmed`), it is not (`absent`: sent again), or nothing more is to be done
        (`dropped`). Answers with the whole post, or the action that a reply is."""
        told, now = await self.conclusion.moment(), await self.floor.database.now()
        state, changes = _settled(settlement, who.person, now, told.epoch)

        async def work(tx: Transaction) -> Answer:
            delivery = await self.posts.delivery(who.brand_id, delivery_id, tx=tx)
            who.expect(delivery["seq"], await self._whole(delivery, tx))
            if delivery["state"] != "stranded":
                why = f"the delivery is {delivery['state']}, not stranded"
                raise Conflict(await self._whole(delivery, tx), why)
            due_in = 0 if state == "scheduled" else None
            numbered = {**changes, "seq": delivery["seq"] + 1}  # also where no event tells it: pages see the answer
            after = await self.conclusion.within(tx, told, delivery, state, due_in=due_in, **numbered)
            if after is None:
                raise Conflict(await self._whole(delivery, tx))
            return Answer(await self._whole(after, tx))

        try:
            return await self.answers.once(who, work)
        except Duplicate as error:
            raise Problem(422, "another delivery has this id on the network already") from error

    async def _whole(self, delivery: dict[str, Any], tx: Transaction) -> dict[str, Any]:
        """What the delivery belongs to: the action that it is, or its post with all deliveries."""
        if delivery["kind"] == "reply":
            return action_state(delivery)
        brand_id, post_id = delivery["brand_id"], delivery["post_id"]
        post = await self.posts.get(brand_id, post_id, tx=tx)
        return post_state(post, await self.posts.deliveries(brand_id, post_id, tx=tx))

    def check(self, brand_id: str, check: Check) -> list[dict[str, Any]]:
        """What the codes say, one entry a rendition."""
        settings = settings_in(self.floor.directory, brand_id)
        return [
            {
                "channel_id": one.channel_id,
                "findings": [asdict(finding) for finding in findings(one.model_dump(), self.networks, settings)],
            }
            for one in check.renditions
        ]

    def _fits(self, brand_id: str, reply: Reply) -> None:
        channel = self.floor.directory.channel(reply.place.channel_id)
        if channel is None or channel.brand_id != brand_id or channel.network != reply.place.network:
            raise NotFound(f"no channel {reply.place.channel_id} of this brand")
        network = self.networks.get(channel.network)
        if not isinstance(network, Publishing):
            raise Problem(422, f"{channel.network} takes no replies")
        if isinstance(network, Coded):
            found = network.check(Rendition(reply.text), "reply", settings_of(channel))
            errors = [one for one in found if one.level == "error"]
            if errors:
                raise Problem(422, "the network would refuse it", errors=[asdict(one) for one in errors])


def routes(answering: Answering) -> APIRouter:
    """Commands of one brand."""
    router = APIRouter(prefix="/brands/{brand_id}", responses=responses(401, 403, 404, 409, 422))

    @router.post("/replies", status_code=202, tags=["actions"], responses=answers(202, ACTION_STATE_EXAMPLE))
    async def reply(brand_id: str, body: Reply, who: MayReply) -> JSONResponse:
        """Answer an interaction on its network."""
        return (await answering.reply(who, body)).response()

    @router.post("/deliveries/{delivery_id}/settle", tags=["posts"], responses=answers(200, POST_STATE_EXAMPLE))
    async def settle(brand_id: str, delivery_id: str, body: Settlement, who: MaySchedule) -> JSONResponse:
        """Say what became of a stranded delivery."""
        return (await answering.settle(who, delivery_id, body)).response()

    @router.post("/checks", tags=["posts"], responses=answers(200, CHECKED_EXAMPLE, "One entry a rendition"))
    async def checks(brand_id: str, body: Check, who: MayRead) -> list[dict[str, Any]]:
        """Check renditions against their networks' codes."""
        return answering.check(brand_id, body)

    return router


def _settled(settlement: Settlement, person: str, now: datetime, epoch: int) -> tuple[str, dict[str, Any]]:
    """The state that a person's word leads to, and what is stored with it."""
    said = {"why": settlement.why or f"{person} looked", "person": person}
    if settlement.outcome == "absent":
        return "scheduled", {**said, "promised_at": now, "epoch": epoch}
    if settlement.outcome == "dropped":
        return "rejected", {**said, "code": "dropped"}
    return "confirmed", {**said, "remote_id": settlement.remote_id, "url": settlement.url}


def _delivery(who: Command, reply: Reply, epoch: int, now: datetime) -> dict[str, Any]:
    return {
        "_id": derive("reply", who.brand_id, reply.reply_id or who.idempotency_key),
        "kind": "reply",
        "brand_id": who.brand_id,
        "interaction_id": reply.interaction_id,
        "place": reply.place.model_dump(),
        "author_handle": reply.author_handle,
        "author_external_id": reply.author_external_id,
        "channel_id": reply.place.channel_id,
        "network": reply.place.network,
        "rendition": {"text": reply.text},
        "state": "scheduled",
        "due_at": now,
        "promised_at": now,
        "created_at": now,
        "updated_at": now,
        "fence": 0,
        "seq": 0,
        "attempts": 0,
        "not_sent": 0,
        "looks": 0,
        "troubles": 0,
        "remote_id": "",
        "url": "",
        "why": "",
        "person": who.person,
        "trace": current_traceparent(),
        "epoch": epoch,
    }
