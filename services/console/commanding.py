"""From a person's act to the owner's new state: send the command, take what it answered into the read model."""

from collections.abc import Mapping
from typing import Any

from services.console.owners import Order, Reply
from services.console.resources import Resources
from services.console.store import folding
from services.console.store.posts import state_stages
from services.console.visits import Visit
from shared.events.ids import derive
from shared.rights import Right


def order(
    here: Visit,
    service: str,
    path: str,
    right: Right,
    brand_id: str,
    body: Mapping[str, Any],
    *,
    key: str = "",
    seq: int | None = None,
) -> Order:
    """A command of this person; the form's own `key` makes a second press the same command."""
    return Order(
        service=service,
        method="POST",
        path=f"/brands/{brand_id}{path}",
        right=right,
        brand_id=brand_id,
        person=here.person.member_id,
        key=key or here.console.floor.new_id(),
        body=body,
        seq=seq,
    )


async def command(here: Visit, given: Order, about: str) -> Reply:
    """Carry it out and log it; raises `OwnerAway`. What the owner answered is in the read model afterwards."""
    answer = await here.console.owners.send(given)
    await take_in(here, given.brand_id, answer)
    if answer.ok:
        await note(here.console, given, about)
    return answer


async def take_in(here: Visit, brand_id: str, answer: Reply) -> None:
    """The owner's state (of a 2xx, or what a 409 met); the later event changes nothing."""
    state = answer.body if answer.ok else answer.body.get("current")
    if not isinstance(state, dict) or "seq" not in state:
        return
    if "post_id" in state and "action_id" not in state:
        await here.console.posts.fold([({"_id": state["post_id"], "brand_id": brand_id}, state_stages(state))])
        return
    stages = folding.action_state(state) if "action_id" in state else folding.case_state(state)
    await here.console.inbox.fold([({"_id": state["interaction_id"], "brand_id": brand_id}, stages)])


async def log(here: Visit, brand_id: str, act: str, about: str, details: Mapping[str, Any] | None = None) -> None:
    """Who did what, when."""
    await here.console.audit.add(
        brand_id,
        act,
        act_id=here.console.floor.new_id(),
        person=here.person.member_id,
        about=about,
        at=here.now,
        details=dict(details or {}),
    )


async def note(console: Resources, given: Order, about: str) -> None:
    """A command that was carried out, once however often it was sent."""
    await console.audit.add(
        given.brand_id,
        _name(given),
        act_id=derive("act", given.service, given.path, given.person, given.key),
        person=given.person,
        about=about,
        at=console.floor.clock(),
        details=_details(given),
    )


def _name(given: Order) -> str:
    """`publisher.approve`; what changes or begins a thing is named after its kind: `publisher.posts`."""
    parts = given.path.split("/")[3:]
    return f"{given.service}.{parts[0] if given.method == 'PUT' else parts[-1]}"


def _details(given: Order) -> dict[str, Any]:
    body = given.body or {}
    said = ("decision", "revision", "due_at", "local", "to", "reason", "why", "outcome", "out")
    return {name: body[name] for name in said if body.get(name) not in (None, "")}
