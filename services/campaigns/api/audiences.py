"""Audiences before anything is spent, and people who do not want to be addressed."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse

from services.campaigns.api.shapes import OPT_OUT_EXAMPLE, PREVIEW_EXAMPLE, Asked, OptOut, person_state
from services.campaigns.domain.audience.criteria import problems
from services.campaigns.store.profiles import Profiles
from shared.auth import Command, command
from shared.bus.envelope import Outgoing
from shared.commands import Answer, Answers, answers
from shared.epochs import Epochs
from shared.errors import NotFound
from shared.events.campaigns.opt_out_changed import OptOutChanged
from shared.mongo.transactions import Transaction
from shared.problems import Problem, responses
from shared.service import Floor

MayCompose = Annotated[Command, Depends(command("compose"))]
MayDecide = Annotated[Command, Depends(command("decide"))]
PersonId = Annotated[str, Path(max_length=200)]
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Circles:
    """What these commands need."""

    floor: Floor
    profiles: Profiles
    epochs: Epochs
    answers: Answers

    async def preview(self, brand_id: str, asked: Asked) -> Answer:
        """Size and sample; nothing is kept."""
        if found := problems(asked.criteria):
            raise Problem(422, f"a criterion is not valid: {found[0]['why']}", errors=found)
        now = self.floor.clock()
        size, sample = await self.profiles.preview(brand_id, tuple(asked.criteria), now, SHOWN)
        return Answer({"size": size, "sample": [person_state(one) for one in sample]})

    async def opt_out(self, who: Command, person_id: str, out: bool) -> Answer:
        """In no audience from now on, or as the criteria say again."""
        now, epoch = self.floor.clock(), (await self.epochs.current()).value

        async def work(tx: Transaction) -> Answer:
            seq = await self.profiles.opt_out(who.brand_id, person_id, out, now, tx=tx)
            if seq is None:
                raise NotFound(f"nobody of this brand is called {person_id}")
            said = {"person_id": person_id, "out": out, "seq": seq, "person": who.person, "at": now, "epoch": epoch}
            fact = OptOutChanged.model_validate({"brand_id": who.brand_id, **said})
            tx.emit(Outgoing.first(fact, now=now))
            return Answer(fact.model_dump(mode="json", exclude={"brand_id"}))

        return await self.answers.once(who, work)


def routes(circles: Circles) -> APIRouter:
    """Commands of one brand."""
    router = APIRouter(prefix="/brands/{brand_id}", tags=["audiences"], responses=responses(401, 403, 404, 409, 422))

    @router.post("/audiences/preview", responses=answers(200, PREVIEW_EXAMPLE, "How many, and the newest of them"))
    async def preview(brand_id: str, body: Asked, who: MayCompose) -> JSONResponse:
        """Who would be addressed: how many, and a few of them."""
        return (await circles.preview(brand_id, body)).response()

    @router.post("/people/{person_id}/opt-out", responses=answers(200, OPT_OUT_EXAMPLE))
    async def opt_out(brand_id: str, person_id: PersonId, body: OptOut, who: MayDecide) -> JSONResponse:
        """This person is in no audience of the brand any more (or may be again)."""
        return (await circles.opt_out(who, person_id, body.out)).response()

    return router
