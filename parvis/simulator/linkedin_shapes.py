"""LinkedIn's posts, comments and notifications in its own shapes."""

from collections.abc import Mapping
from typing import Any

from parvis.simulator.records import Account, Said
from parvis.simulator.urns import activity
from parvis.simulator.world import World
from shared.networks.linkedin.codes import little


def millis(at: float) -> int:
    return round(at * 1000)


def actor(said: Said, world: World) -> str:
    kind = "organization" if said.author_id in world.accounts else "person"
    return f"urn:li:{kind}:{said.author_id}"


def post(said: Said, world: World) -> dict[str, Any]:
    return {
        "id": said.id,
        "author": actor(said, world),
        "commentary": little(said.text),
        "createdAt": millis(said.created_at),
        "publishedAt": millis(said.created_at),
        "lastModifiedAt": millis(said.edited_at or said.created_at),
        "lifecycleState": "PUBLISHED",
        "visibility": "PUBLIC",
    }


def comment(said: Said, world: World) -> dict[str, Any]:
    who = actor(said, world)
    above = {} if said.parent_id == said.root_id else {"parentComment": said.parent_id}
    return {
        "id": str(said.number),
        "commentUrn": said.id,
        "$URN": said.id,
        "object": activity(said.root_id),
        "actor": who,
        "message": {"attributes": [], "text": said.text},
        "created": {"actor": who, "time": millis(said.created_at)},
        "lastModified": {"actor": who, "time": millis(said.edited_at or said.created_at)},
        **above,
    }


def person(person_id: str, name: str, handle: str) -> dict[str, Any]:
    first, _, family = name.partition(" ")
    return {"id": person_id, "localizedFirstName": first, "localizedLastName": family, "vanityName": handle}


def organization(account: Account) -> dict[str, Any]:
    return {"id": int(account.id), "localizedName": account.name, "vanityName": account.handle}


def action(verb: str, said: Said, account: Account) -> str:
    """What LinkedIn calls it; empty for what it does not tell."""
    if said.is_root:
        return "SHARE_MENTION" if verb == "add" and said.author_id != account.id else ""
    if verb == "add":
        return "ADMIN_COMMENT" if said.author_id == account.id else "COMMENT"
    return {"edited": "COMMENT_EDIT", "remove": "COMMENT_DELETE"}.get(verb, "")


def notification(verb: str, said: Said, account: Account, world: World, at: float) -> dict[str, Any] | None:
    """As it is pushed and pulled: people and things by their URNs."""
    told = action(verb, said, account)
    if not told:
        return None
    root = world.things[said.root_id]
    about: Mapping[str, Any] = {"owner": actor(said, world), "text": said.text, "entity": said.id}
    return {
        "notificationId": millis(at) * 100 + said.number % 100,
        "organizationalEntity": f"urn:li:organization:{account.id}",
        "action": told,
        "sourcePost": activity(said.root_id),
        "decoratedSourcePost": {"owner": actor(root, world), "text": root.text, "entity": root.id},
        "generatedActivity": said.id.replace("(urn:li:", "("),
        "decoratedGeneratedActivity": {"share" if said.is_root else "comment": about},
        "lastModifiedAt": millis(at),
        "subscriber": "urn:li:person:administrator",
    }
