"""House rules of a brand, and the defaults of its agency."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from services.moderation.api.shapes import RULES_EXAMPLE, HouseRulesBody
from services.moderation.domain.policy.defaults import DEFAULTS
from services.moderation.domain.policy.validation import problems
from services.moderation.store.policies import HouseRules, Policies
from shared.auth import Command, command
from shared.bus.envelope import Outgoing
from shared.commands import Answer, Answers, answers
from shared.directory import Directory
from shared.errors import NotFound
from shared.events.moderation.policy_changed import PolicyChanged
from shared.mongo.database import Database
from shared.mongo.transactions import Transaction
from shared.problems import Problem, responses

MayRule = Annotated[Command, Depends(command("policies"))]
ANSWERS = responses(401, 403, 404, 409, 422) | answers(200, RULES_EXAMPLE, "The rules in order, and their version")


@dataclass(frozen=True, slots=True)
class Chancery:
    """Where house rules are read and written."""

    database: Database
    policies: Policies
    house_rules: HouseRules
    directory: Directory
    answers: Answers

    async def read(self, owner_id: str, *, agency: bool) -> dict[str, Any]:
        """The stored version; an agency that has saved none has the shipped defaults, as version 0."""
        stored = await self.policies.get(owner_id)
        defaults = [rule.model_dump() for rule in DEFAULTS] if agency else []
        return stored if stored["rules"] is not None else {"version": 0, "rules": defaults}

    async def write(self, who: Command, body: HouseRulesBody, *, agency: bool) -> Answer:
        """The next version; judged by from now on here, and within a moment everywhere."""
        owner_id = who.brand_id  # the agency's id where the command is about an agency
        agency_id = owner_id if agency else self.agency_of(who.brand_id)
        wrong = problems(body.rules)
        if wrong:
            raise Problem(422, wrong[0]["why"], errors=wrong)

        async def work(tx: Transaction) -> Answer:
            new = await self.policies.put(owner_id, body.rules, body.version, now, tx=tx)
            event = PolicyChanged(
                agency_id=agency_id,
                brand_id="" if agency else who.brand_id,
                version=new["version"],
                rules=body.rules,
                person=who.person,
                at=now,
            )
            tx.emit(Outgoing.first(event, now=now))
            return Answer(jsonable_encoder(new))

        now = await self.database.now()
        answer = await self.answers.once(who, work)
        self.house_rules.learn(owner_id, dict(answer.body))
        return answer

    def agency_of(self, brand_id: str) -> str:
        """The agency of a brand. Raises `NotFound`."""
        brand = self.directory.brand(brand_id)
        if brand is None:
            raise NotFound(f"brand {brand_id}")
        return brand.agency_id


def routes(chancery: Chancery) -> APIRouter:
    """Each answers {version, rules}."""
    router = APIRouter(tags=["house rules"], responses=ANSWERS)

    @router.get("/brands/{brand_id}/policy")
    async def read_own(brand_id: str, who: MayRule) -> JSONResponse:
        """The brand's own rules; they come before its agency's."""
        return JSONResponse(await chancery.read(who.brand_id, agency=False))

    @router.put("/brands/{brand_id}/policy")
    async def write_own(brand_id: str, body: HouseRulesBody, who: MayRule) -> JSONResponse:
        """Replace them; 422 says where an expression is wrong, with a caret under it."""
        return (await chancery.write(who, body, agency=False)).response()

    @router.get("/agencies/{agency_id}/policy")
    async def read_agency(agency_id: str, who: MayRule) -> JSONResponse:
        """The rules of all brands of the agency."""
        return JSONResponse(await chancery.read(agency_id, agency=True))

    @router.put("/agencies/{agency_id}/policy")
    async def write_agency(agency_id: str, body: HouseRulesBody, who: MayRule) -> JSONResponse:
        """Replace them."""
        return (await chancery.write(who, body, agency=True)).response()

    return router
