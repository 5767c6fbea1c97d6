"""House rules as a person reads them, in the order in which they are asked; and rules tried before they are saved."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field, JsonValue

from services.moderation.api.policies import Chancery
from services.moderation.api.shapes import Body
from services.moderation.domain.judge.seat import Judge, Question
from services.moderation.domain.policy.compiled import Policy
from services.moderation.domain.policy.trial import tried
from services.moderation.domain.policy.validation import problems
from services.moderation.domain.policy.variables import VARIABLES, Background, facts
from services.moderation.settings import Settings
from services.moderation.store.authors import Authors
from services.moderation.store.interactions import Interactions
from services.moderation.store.policies import layered
from shared.auth import Command, command
from shared.events.ingest.parts import InteractionText
from shared.events.moderation.policy_changed import Rule
from shared.problems import Problem, responses

MayRead = Annotated[Command, Depends(command("read"))]
MayRule = Annotated[Command, Depends(command("policies"))]
ANSWERS = responses(401, 403, 404, 422)
MOST = 100
OWN: dict[str, JsonValue] = {
    "version": 4,
    "rules": [{"name": "insult", "when": "scores.insult >= 0.8", "outcome": "hide", "open_case": True, "severity": 2}],
}
STANDING: dict[str, JsonValue] = {
    "own": OWN,
    "agency": {"version": 0, "rules": []},
    "variables": {"scores.insult": "double", "links": "int", "text": "string"},
}
FOUND: dict[str, JsonValue] = {
    "tried": 50,
    "fires": {"insult": 3},
    "matches": {"insult": 4},
    "samples": {"insult": ["b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21"]},
    "failed": {},
}
Row = dict[str, Any]


class TrialBody(Body):
    """All of the brand's own rules in order, and the interactions to try them on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"rules": OWN["rules"], "interactions": ["b3b6f5b4-6a8e"]}]}
    )

    rules: list[Rule]
    interactions: list[str] = Field(max_length=MOST)


@dataclass(frozen=True, slots=True)
class Trials:
    """What trying needs."""

    chancery: Chancery
    judge: Judge
    interactions: Interactions
    authors: Authors
    settings: Settings

    async def standing(self, brand_id: str) -> Row:
        """The brand's own rules and its agency's, each with its version, and what a rule may ask about."""
        agency_id = self.chancery.agency_of(brand_id)
        return {
            "own": await self.chancery.read(brand_id, agency=False),
            "agency": await self.chancery.read(agency_id, agency=True),
            "variables": {name: str(kind).lower() for name, kind in VARIABLES.items()},
        }

    async def attempt(self, brand_id: str, body: TrialBody) -> Row:
        """What would have been decided; the author's record and what was repeated are counted as of now."""
        wrong = problems(body.rules)
        if wrong:
            raise Problem(422, wrong[0]["why"], errors=wrong)
        agency = await self.chancery.read(self.chancery.agency_of(brand_id), agency=True)
        rules = layered(body.rules, [Rule.model_validate(rule) for rule in agency["rules"]])
        known = await self.interactions.known([brand_id], body.interactions)
        rows = [known[one] for one in body.interactions if known.get(one, {}).get("text")]
        return asdict(tried(Policy(rules, 0), await self._facts(brand_id, rows)))

    async def _facts(self, brand_id: str, rows: Sequence[Row]) -> list[tuple[str, Row]]:
        brand = self.chancery.directory.brand(brand_id)
        usual = tuple(brand.languages) if brand else ()
        asked = [Question(row["text"], (row["language"],) if row["language"] else usual) for row in rows]
        opinions = self.judge.judge(asked)
        authors = list({row["author"]["id"] for row in rows})
        spoken = await self.interactions.spoken([brand_id], authors)
        since = await self.chancery.database.now() - timedelta(days=self.settings.strike_days)
        strikes = await self.authors.strikes([brand_id], authors, since)
        repeated = await self.interactions.repeats(brand_id, rows, timedelta(seconds=self.settings.repeat_seconds))
        found = []
        for row, opinion in zip(rows, opinions, strict=True):
            author = row["author"]["id"]
            others = max(0, spoken.get(author, 0) - 1)
            background = Background(repeated.get(row["_id"], 0), others, strikes.get(author, 0))
            found.append((row["_id"], facts(_said(row), opinion, background)))
        return found


def routes(trials: Trials) -> APIRouter:
    """Nothing here changes anything."""
    router = APIRouter(tags=["house rules"], responses=ANSWERS)

    @router.get("/brands/{brand_id}/house-rules", responses=_shown(STANDING))
    async def standing(brand_id: str, who: MayRead) -> JSONResponse:
        """What the brand is judged by: its own rules, then its agency's."""
        return JSONResponse(await trials.standing(who.brand_id))

    @router.post("/brands/{brand_id}/house-rules/try", responses=_shown(FOUND))
    async def attempt(brand_id: str, body: TrialBody, who: MayRule) -> JSONResponse:
        """How often each rule would have decided; 422 says where an expression is wrong, with a caret under it."""
        return JSONResponse(await trials.attempt(who.brand_id, body))

    return router


def _shown(example: JsonValue) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {"application/json": {"example": example}}}}


def _said(row: Row) -> InteractionText:
    same = ("brand_id", "place", "kind", "author", "author_is_brand", "text", "language", "media", "revision")
    times = ("said_at", "seen_at", "backfill")
    return InteractionText.model_validate(
        {name: row[name] for name in (*same, *times)}
        | {"interaction_id": row["_id"], "visibility": row["arrived_as"], "sighting": 0}
    )
