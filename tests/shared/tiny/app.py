"""It keeps what it was told and what it consumed, slowly, so that its end can be watched."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from shared.auth import Command, command
from shared.bus.consumer import Lane
from shared.bus.envelope import Outgoing, Received
from shared.bus.handler import bind
from shared.commands import Answer, Answers
from shared.events.moderation.case_claimed import CaseClaimed
from shared.events.topics import VERDICTS
from shared.loops import Loop
from shared.mongo.collections import BrandCollection
from shared.mongo.transactions import Transaction
from shared.service import Floor, build, open_floor, run
from tests.shared.tiny.settings import Settings


@dataclass(frozen=True, slots=True)
class Resources:
    """What the tiny service stands on."""

    floor: Floor
    settings: Settings
    begun: BrandCollection
    seen: BrandCollection
    answers: Answers


class Told(BaseModel):
    """A command's body."""

    text: str


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Opened once."""
    async with open_floor(settings, "tiny") as floor, assemble(settings, floor) as resources:
        yield resources
        print("closed", flush=True)


@asynccontextmanager
async def assemble(settings: Settings, floor: Floor) -> AsyncIterator[Resources]:
    """What stands on the floor."""
    begun, seen = floor.database.brand("begun"), floor.database.brand("seen")
    yield Resources(floor, settings, begun, seen, Answers(floor.database))


async def handle(received: Received[CaseClaimed], resources: Resources) -> None:
    """Keep one event, slowly, having noted that it is in hand."""
    if received.event.brand_id != resources.settings.brand:
        return
    own = {"_id": received.cause.event_id, "brand_id": received.event.brand_id}
    await resources.begun.replace(own, own, upsert=True)
    await asyncio.sleep(resources.settings.work_seconds)
    await resources.seen.replace(own, own | {"trace": received.cause.traceparent}, upsert=True)


def create_app(resources: Resources) -> FastAPI:
    """The table of contents."""
    floor, settings = resources.floor, resources.settings

    async def never_ends() -> None:
        if settings.stuck:
            await asyncio.sleep(3600)

    return build(
        floor,
        routers=[_routes(resources)],
        consumers=[floor.consumer([Lane(VERDICTS)], [bind(handle, resources=resources)])],
        loops=[Loop("tick", 0.2, never_ends, stuck_after=0.3)],
    )


def _routes(resources: Resources) -> APIRouter:
    router = APIRouter()

    @router.post("/brands/{brand_id}/told")
    async def told(body: Told, asked: Annotated[Command, Depends(command("note"))]) -> Any:
        """One effect and one event, however often it is sent."""

        async def work(tx: Transaction) -> Answer:
            note = {"_id": resources.floor.new_id(), "brand_id": asked.brand_id, "text": body.text}
            await resources.seen.insert(note, tx=tx)
            own = {"brand_id": asked.brand_id, "case_id": note["_id"], "interaction_id": note["_id"]}
            event = CaseClaimed.example().model_copy(update=own)
            tx.emit(Outgoing.first(event, now=resources.floor.clock()))
            return Answer({"id": note["_id"], "seq": 1}, 201)

        return (await resources.answers.once(asked, work)).response()

    @router.get("/slow")
    async def slow(seconds: float) -> dict[str, float]:
        await asyncio.sleep(seconds)
        return {"slept": seconds}

    @router.get("/stream")
    async def stream() -> StreamingResponse:
        async def doorbells() -> AsyncIterator[str]:
            while True:
                yield "data: ring\n\n"
                await asyncio.sleep(0.05)

        return StreamingResponse(doorbells(), media_type="text/event-stream")

    @router.get("/block")
    async def block() -> None:
        time.sleep(3600)

    return router


if __name__ == "__main__":
    run(Settings, open_resources, create_app, assemble)
