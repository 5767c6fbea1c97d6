"""Who is told by webhook of what happened, and in which shape."""

from collections.abc import Iterator
from typing import Any

from parvis.simulator import graph_shapes, instagram_shapes, linkedin_shapes, x_shapes
from parvis.simulator.records import Said
from parvis.simulator.world import World

Told = tuple[str, str, dict[str, Any], str]


def told(world: World, verb: str, said: Said, public_url: str) -> Iterator[Told]:
    """The app, the account that it concerns, the change, and the kind of call."""
    account = world.accounts[said.account_id]
    if account.network == "x":
        yield from _on_x(world, verb, said)
    elif account.app_id and account.network == "facebook":
        link = f"{public_url}/wall/{account.id}#{said.root_id}"
        yield account.app_id, account.id, graph_shapes.change(verb, said, account, world.clock(), link), "page"
    elif account.app_id and account.network == "instagram":
        change = instagram_shapes.change(verb, said, account, world)
        if change is not None:
            yield account.app_id, account.id, change, "instagram"
    elif account.app_id and account.network == "linkedin":
        notification = linkedin_shapes.notification(verb, said, account, world, world.clock())
        if notification is not None:
            yield account.app_id, account.id, notification, "linkedin"


def _on_x(world: World, verb: str, said: Said) -> Iterator[Told]:
    """X tells every account that is named, on whatever wall."""
    for account in world.accounts.values():
        event = x_shapes.activity(verb, said, account, world) if account.app_id and account.network == "x" else None
        if event is not None:
            yield account.app_id, account.id, event, "x"
