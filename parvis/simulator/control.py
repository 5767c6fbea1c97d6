"""The control API: make accounts, speak as people, provoke faults, and read the ledger. JSON in, JSON out."""

from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from parvis.simulator.faults import KINDS, Fault
from parvis.simulator.records import Account, App, Person, Said
from parvis.simulator.subscriptions import proved
from parvis.simulator.world import World, living

router = APIRouter()
Kind = Literal["meta", "x", "linkedin"]
NAMED = frozenset({"mastodon", "x"})
Spoken = Literal["facebook", "instagram", "linkedin", "mastodon", "x"]


class Body(BaseModel):
    """Unknown words are refused: a misspelt fault would be a test that proves nothing."""

    model_config = ConfigDict(extra="forbid")


class NewAccount(Body):
    """An account of a brand. What is left out is chosen."""

    network: Spoken | Literal["ads"]
    name: str
    handle: str = ""
    id: str = ""
    token: str = ""
    app_id: str = Field("", description="Facebook, Instagram: the app that is told by webhook")
    sector: str = Field("general", description="what people talk to it about")
    languages: list[str] = ["fr"]
    token_seconds: float = Field(0.0, ge=0, description="how long its token lives; 0: it does not end")


class NewApp(Body):
    """With `callback_url` the network's handshake is done now, and must succeed unless `verify` is false."""

    id: str
    secret: str
    verify_token: str
    callback_url: str = ""
    verify: bool = True
    network: Kind = "meta"


class Utterance(Body):
    """What a person says. `author` is a name; the account's own name or `brand` speaks as the account."""

    author: str = "Camille Leroy"
    text: str
    post: str = Field("", description="comments: the post; left out: the newest one, made if there is none")
    parent: str = Field("", description="the comment or status that is answered")
    mention: bool = Field(True, description="Mastodon: name the account, without which it is not notified")
    visibility: str = "public"
    language: str = ""
    media: list[str] = []


class NewFault(Body):
    kind: str = Field(description=", ".join(KINDS))
    account: str = Field("*", description="account id; for webhooks the app's id")
    operation: str = Field("*", description="post, reply, hide, edit, delete, read, list, token, ads, audience, report")
    probability: float = Field(1.0, ge=0, le=1)
    times: int | None = Field(None, ge=1, description="hits until it ends; left out: until removed")
    seconds: float = Field(30.0, ge=0)
    code: int = Field(0, description="Facebook's rate limit code: 4, 17, 32, 1390008")


class Edit(Body):
    text: str


def get_world(request: Request) -> World:
    world: World = request.app.state.resources.world
    return world


def get_account(account_id: str, world: Annotated[World, Depends(get_world)]) -> Account:
    account = world.accounts.get(account_id)
    if account is None:
        raise HTTPException(404, "no such account")
    return account


def get_said(said_id: str, world: Annotated[World, Depends(get_world)]) -> Said:
    said = world.thing(said_id)
    if said is None:
        raise HTTPException(404, "nothing is there under this id")
    return said


WorldNow = Annotated[World, Depends(get_world)]
AccountNow = Annotated[Account, Depends(get_account)]
SaidNow = Annotated[Said, Depends(get_said)]


@router.get("/health")
async def health(request: Request) -> dict[str, Any]:
    """Alive, and how many webhooks wait for a 2xx."""
    return {"alive": True, "webhooks_unanswered": request.app.state.resources.webhooks.unanswered}


@router.get("/accounts")
async def list_accounts(world: WorldNow) -> list[Account]:
    return list(world.accounts.values())


@router.post("/accounts", status_code=201)
async def create_account(asked: NewAccount, world: WorldNow) -> Account:
    """Make an account, or change the one that has this id."""
    handle = asked.handle or Person.named(asked.name).handle
    account_id, token = asked.id or str(world.next_number()), asked.token or f"token-{uuid4()}"
    if asked.app_id and asked.app_id not in world.apps:
        raise HTTPException(404, "no such app")
    account = Account(
        account_id, asked.network, asked.name, handle, token, False, asked.app_id, asked.sector, asked.languages
    )
    account.ends_at = world.clock() + asked.token_seconds if asked.token_seconds else 0.0
    world.add_account(account)
    return account


@router.post("/accounts/{account_id}/token")
async def renew_token(account: AccountNow, world: WorldNow, lost: bool = False) -> Account:
    """`?lost=true` kills the token; without, a new one is made."""
    account.lost = lost
    if not lost:
        account.token, account.ends_at, account.earlier = f"token-{uuid4()}", 0.0, {}
    world.add_account(account)
    return account


@router.put("/facebook/apps/{app_id}")
async def put_app(app_id: str, asked: NewApp, world: WorldNow, request: Request) -> App:
    """Subscribe a callback, with the network's handshake."""
    sender = request.app.state.resources.sender
    app = App(app_id, asked.secret, asked.verify_token, asked.callback_url, asked.network)
    if asked.callback_url and asked.verify and not await proved(sender, app):
        raise HTTPException(422, "the callback did not answer the challenge")
    world.add_app(app)
    return app


@router.post("/{network}/{account_id}/posts", status_code=201)
async def say_post(network: Spoken, account: AccountNow, said: Utterance, world: WorldNow) -> Said:
    """A post on the wall: the brand's own, or a visitor's (where nobody writes on others' walls: one that names it)."""
    author = author_of(account, said)
    text = mentioning(account, said.text, author) if said.mention else said.text
    return world.post(account, text, author, media=said.media, visibility=said.visibility, language=said.language)


@router.post("/{network}/{account_id}/comments", status_code=201)
async def say_comment(network: Spoken, account: AccountNow, said: Utterance, world: WorldNow) -> Said:
    """An answer to a post or to another answer."""
    wanted = said.parent or said.post
    parent = world.thing(wanted) if wanted else next(iter(world.wall(account.id)), None)
    if parent is None and wanted:
        raise HTTPException(404, "nothing is there to answer")
    if parent is None:
        parent = world.post(account, f"{account.name} 👋")
    author = author_of(account, said)
    text = mentioning(account, said.text, author) if said.mention else said.text
    return world.answer(parent, text, author, media=said.media, visibility=said.visibility, language=said.language)


@router.get("/accounts/{account_id}/things")
async def list_things(account: AccountNow, world: WorldNow, deleted: bool = False) -> list[Said]:
    """All that stands on the account's wall, oldest first; `?deleted=true` shows what was deleted too."""
    own = [said for said in world.things.values() if said.account_id == account.id]
    return sorted(own if deleted else living(own), key=lambda said: said.number)


@router.get("/things/{said_id}")
async def read_thing(said: SaidNow) -> Said:
    return said


@router.patch("/things/{said_id}")
async def edit_thing(said: SaidNow, edit: Edit, world: WorldNow) -> Said:
    """Its author changes the text."""
    world.edit(said, edit.text)
    return said


@router.delete("/things/{said_id}")
async def delete_thing(said: SaidNow, world: WorldNow) -> Said:
    world.delete(said)
    return said


@router.post("/things/{said_id}/{verb}")
async def hide_thing(said: SaidNow, verb: Literal["hide", "unhide"], world: WorldNow) -> Said:
    """Somebody hides or shows it on the network itself, past us."""
    world.set_hidden(said, verb == "hide")
    return said


@router.get("/faults")
async def list_faults(world: WorldNow) -> dict[str, Any]:
    """Those switched on, and which kinds there are."""
    return {"faults": [asdict(fault) for fault in world.faults.all()], "kinds": KINDS}


@router.post("/faults", status_code=201)
async def add_fault(asked: NewFault, world: WorldNow) -> Fault:
    if asked.kind not in KINDS:
        raise HTTPException(422, f"no such fault; there are {', '.join(KINDS)}")
    fault = Fault(str(uuid4()), remaining=asked.times, **asked.model_dump(exclude={"times"}))
    world.faults.add(fault)
    return fault


@router.delete("/faults", status_code=204)
async def clear_faults(world: WorldNow) -> None:
    world.faults.clear()


@router.delete("/faults/{fault_id}", status_code=204)
async def remove_fault(fault_id: str, world: WorldNow) -> None:
    if not world.faults.remove(fault_id):
        raise HTTPException(404, "no such fault")


@router.get("/ledger")
async def read_ledger(
    world: WorldNow, after: int = 0, event: str = "", account: str = "", limit: int = 1000
) -> list[dict[str, Any]]:
    """What really happened, in order: create, edited, remove, hide, unhide, webhook, exchange, fault.

    Page on with `after`.
    """
    return world.journal.ledger(after, event, account, min(limit, 10_000))


def author_of(account: Account, said: Utterance) -> Person | None:
    return None if said.author in ("brand", account.name) else Person.named(said.author)


def mentioning(account: Account, text: str, author: Person | None) -> str:
    """On Mastodon and X who speaks to a brand names it."""
    named = f"@{account.handle}"
    if account.network not in NAMED or author is None or named in text:
        return text
    return f"{named} {text}"
