"""Contacts of a brand, as another system says them: the same again changes nothing."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from services.crm.domain.contact import changed, facts
from services.crm.store.contacts import Contacts
from shared.auth import Command, command
from shared.bus.envelope import Outgoing
from shared.commands import Answer, Answers, answers
from shared.epochs import Epochs
from shared.errors import NotFound
from shared.mongo.transactions import Transaction
from shared.problems import responses
from shared.service import Floor

MayTell = Annotated[Command, Depends(command("endpoints"))]
ExternalId = Annotated[str, Path(max_length=200)]
Word = Annotated[str, StringConstraints(max_length=100)]
GIVEN_EXAMPLE: dict[str, JsonValue] = {
    "name": "Hélène Riou",
    "url": "https://crm.example/contacts/C-20871",
    "note": "subscriber since 2019",
    "country": "FR",
    "city": "Douarnenez",
    "labels": ["loyal"],
    "authors": ["0b8f0b0e-52a3-5d6c-9a43-0c6d5f2f7a10"],
}
STATE_EXAMPLE: dict[str, JsonValue] = {
    **GIVEN_EXAMPLE,
    "contact_id": "2d1b7c52-0e4f-5c8a-9a61-4c0f6d2b8e33",
    "external_id": "C-20871",
    "brand_id": "br-kerlann",
    "seq": 2,
}


class Given(BaseModel):
    """All that is said of a contact; what is left out is no more. `authors` are `author.id` of interactions."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [GIVEN_EXAMPLE]})

    name: str = Field("", max_length=200)
    url: str = Field("", max_length=500, pattern=r"^(https?://\S+)?$")
    note: str = Field("", max_length=1000)
    country: str = Field("", pattern=r"^([A-Z]{2})?$", description="where they live: two letters, ISO 3166-1")
    city: str = Field("", max_length=100)
    labels: list[Word] = Field(default_factory=list, max_length=20)
    authors: list[Word] = Field(default_factory=list, max_length=50)


@dataclass(frozen=True, slots=True)
class Book:
    """What the commands need."""

    floor: Floor
    contacts: Contacts
    epochs: Epochs
    answers: Answers

    async def read(self, brand_id: str, external_id: str) -> Answer:
        """The contact as it is."""
        found = await self.contacts.find(brand_id, external_id)
        if found is None:
            raise NotFound(f"no contact {external_id} of this brand")
        return Answer(_state(found))

    async def put(self, who: Command, external_id: str, body: Given) -> Answer:
        """The contact is so from now on; the same again raises no number and states nothing."""
        epoch, now, said = (await self.epochs.current()).value, self.floor.clock(), body.model_dump()

        async def work(tx: Transaction) -> Answer:
            known = await self.contacts.find(who.brand_id, external_id, tx=tx)
            if known is not None and not changed(known, said):
                return Answer(_state(known))
            contact = await self.contacts.put(who.brand_id, external_id, known, said, tx=tx)
            for fact in facts(known, contact, at=now, epoch=epoch):
                tx.emit(Outgoing.first(fact, now=now))
            return Answer(_state(contact))

        return await self.answers.once(who, work)


def routes(book: Book) -> APIRouter:
    """Each answers with the contact's whole state."""
    refused = responses(401, 403, 404, 409, 422) | answers(200, STATE_EXAMPLE)
    router = APIRouter(prefix="/brands/{brand_id}/contacts", tags=["contacts"], responses=refused)

    @router.get("/{external_id}")
    async def read(brand_id: str, external_id: ExternalId, who: MayTell) -> JSONResponse:
        """The contact that another system calls so."""
        return (await book.read(brand_id, external_id)).response()

    @router.put("/{external_id}")
    async def put(brand_id: str, external_id: ExternalId, body: Given, who: MayTell) -> JSONResponse:
        """Say all of a contact: who it is, and which authors on networks it is."""
        return (await book.put(who, external_id, body)).response()

    return router


def _state(contact: dict[str, Any]) -> dict[str, Any]:
    return {"contact_id": contact["_id"], **{name: value for name, value in contact.items() if name != "_id"}}
