"""The words that stories about the console are told in: a house with brands, people, and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from services.console.resources import Resources
from services.console.store import folding
from shared.events.ids import derive, interaction_id
from shared.events.ingest.interaction_edited import InteractionEdited
from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.moderation.case_opened import CaseOpened
from shared.events.moderation.interaction_judged import InteractionJudged
from tests.services.console.visitor import PASSWORD

ROLES = {"ines": {"*": "admin"}, "vera": {"first": "viewer"}, "omar": {"second": "moderator"}}
Doc = dict[str, Any]


@dataclass
class Clock:
    """The time that a story has."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Time passes."""
        self.now += timedelta(**span)


class Neighbours:
    """The services that console sends commands to: they keep what was asked, and answer what a story says."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Doc]] = []
        self.answers: dict[str, tuple[int, Doc]] = {}
        self.files: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.away = False
        self.app = FastAPI()
        self.app.add_api_route("/{path:path}", self._answer, methods=["GET", "POST", "PUT"])

    def will(self, path_ends: str, status: int, body: Mapping[str, Any]) -> None:
        """From now on commands whose path ends so are answered with this."""
        self.answers[path_ends] = status, dict(body)

    async def _answer(self, path: str, request: Request) -> Response:
        if self.away:
            return JSONResponse({}, 503)
        body = await request.json() if await request.body() else {}
        self.asked.append((f"/{path}", body))
        for end, (content, headers) in self.files.items():
            if path.endswith(end):
                return Response(content, headers=headers)
        for end, (status, answer) in self.answers.items():
            if path.endswith(end):
                return JSONResponse(answer, status)
        return JSONResponse({"detail": "nobody said what to answer"}, 404)


@dataclass
class House:
    """A console with an agency: the brands are `first` and `second`; their ids are this story's own."""

    console: Resources
    app: FastAPI
    neighbours: Neighbours
    clock: Clock
    mark: str
    key: str
    said: int = field(default=0)
    further: list[str] = field(default_factory=list)

    def brand(self, name: str) -> str:
        """The id of a brand."""
        return f"{name}-{self.mark}"

    def login(self, name: str) -> str:
        """The login of a member."""
        return f"{name}-{self.mark}@agency.example"

    async def move_in(self) -> None:
        """Through the API, as the demo does."""
        async with self.api() as api:
            await put(api, f"agencies/ag-{self.mark}", {"name": "Atelier"})
            for name in ("first", "second"):
                body = {"agency_id": f"ag-{self.mark}", "name": f"{name.title()} Brand", "timezone": "Europe/Paris"}
                await put(api, f"brands/{self.brand(name)}", body)
            for name, roles in ROLES.items():
                named = {self.brand(brand) if brand != "*" else "*": role for brand, role in roles.items()}
                body = {"name": f"{name.title()} B.", "agency_id": f"ag-{self.mark}", "password": PASSWORD}
                more = {"roles": named, "language": "en", "operator": name == "ines"}
                await put(api, f"members/{self.login(name)}", body | more)

    def api(self, key: str | None = None) -> httpx.AsyncClient:
        """A caller of `/api/v1`."""
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://console.test/api/v1/", headers=headers)

    async def hears(self, brand: str, text: str, *, author: str = "Camille Leroy", **more: Any) -> str:
        """Somebody says something to a brand; the interaction's id."""
        fact = self.received(brand, text, author, **more)
        await self.console.inbox.fold(folding.text_changes(fact, timedelta(minutes=more.get("promise", 120))))
        return fact.interaction_id

    def received(self, brand: str, text: str, author: str, **more: Any) -> InteractionReceived:
        """The fact of it."""
        self.said += 1
        external, thread = more.get("external", f"c{self.said}"), more.get("thread", f"p{self.said}")
        channel, network = f"ch-{self.brand(brand)}", more.get("network", "facebook")
        said = self.clock() - timedelta(minutes=more.get("ago", 10))
        place = {"network": network, "channel_id": channel, "external_id": external, "thread_external_id": thread}
        place |= {"parent_external_id": more.get("parent", thread)}
        person = {"id": derive("person", brand, author), "external_id": author, "name": author}
        return InteractionReceived.model_validate(
            {
                "brand_id": self.brand(brand),
                "interaction_id": interaction_id(network, channel, external),
                "place": place | {"thread_id": interaction_id(network, channel, thread)},
                "kind": "comment",
                "author": person,
                "text": text,
                "language": more.get("language", "en"),
                "said_at": said,
                "seen_at": said,
                "revision": 1,
                "sighting": 1,
                "backfill": more.get("backfill", False),
                "author_is_brand": more.get("own", False),
            }
        )

    async def edits(self, interaction: str, text: str) -> None:
        """Its author changes the text."""
        doc = await self.item(interaction)
        fact = InteractionEdited.model_validate(
            {
                **{name: doc[name] for name in ("brand_id", "place", "kind", "author", "said_at")},
                "interaction_id": interaction,
                "text": text,
                "seen_at": self.clock(),
                "revision": doc["revision"] + 1,
                "sighting": doc["revision"] + 1,
            }
        )
        await self.console.inbox.fold(folding.text_changes(fact, timedelta(minutes=120)))

    async def judges(self, interaction: str, scores: Mapping[str, float], **more: Any) -> None:
        """Moderation's verdict on it."""
        doc = await self.item(interaction)
        fact = InteractionJudged.model_validate(
            {
                **{name: doc[name] for name in ("brand_id", "place", "revision")},
                "interaction_id": interaction,
                "policy_version": 1,
                "outcome": more.get("outcome", "allow"),
                "wish": more.get("wish", "keep"),
                "rule": more.get("rule", ""),
                "reasons": [{"signal": name, "words": more.get("words", "")} for name in scores],
                "scores": dict(scores),
                "judge": "lexicon/1",
                "suggest_reply": more.get("suggests", ""),
                "seen_at": doc["seen_at"],
                "judged_at": self.clock(),
            }
        )
        await self.console.inbox.fold([(self._of(doc), folding.verdict(fact))])

    async def opens_case(self, interaction: str, severity: int = 2, **more: Any) -> str:
        """A person must see it; the case's id."""
        doc = await self.item(interaction)
        case_id = derive("case", interaction)
        fact = CaseOpened.model_validate(
            {
                **{name: doc[name] for name in ("brand_id", "place", "revision")},
                "interaction_id": interaction,
                "case_id": case_id,
                "seq": 1,
                "at": self.clock(),
                "severity": severity,
                "rule": more.get("rule", "insult"),
                "why": more.get("why", "insult 0.93"),
                "hidden": more.get("hidden", True),
                "suggested": more.get("suggested", ""),
            }
        )
        grounds = fact.model_dump(include={"severity", "rule", "why", "hidden", "suggested", "evidence_id"})
        await self.console.inbox.fold([(self._of(doc), folding.opened(fact, grounds))])
        return case_id

    async def case_state(self, interaction: str, seq: int, state: str, **more: Any) -> Doc:
        """A case's state as moderation answers a command with it."""
        doc = await self.item(interaction)
        same = {"case_id": derive("case", interaction), "brand_id": doc["brand_id"], "interaction_id": interaction}
        where = {"revision": doc["revision"], "severity": 2, "rule": "insult", "why": "insult 0.93", "hidden": True}
        return {**same, **where, "state": state, "seq": seq, "updated_at": self.clock().isoformat(), **more}

    async def item(self, interaction: str) -> Doc:
        """An item as it is stored."""
        doc = await self.console.inbox.get(self.all_brands(), interaction)
        assert doc is not None
        return doc

    def all_brands(self) -> Sequence[str]:
        """Both, and what a story added."""
        return [self.brand(name) for name in ("first", "second", *self.further)]

    @staticmethod
    def _of(doc: Mapping[str, Any]) -> dict[str, str]:
        return {"_id": doc["_id"], "brand_id": doc["brand_id"]}


async def put(api: httpx.AsyncClient, path: str, body: Mapping[str, Any]) -> Doc:
    """Put it there; it must succeed."""
    answer = await api.put(path, json=dict(body))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
