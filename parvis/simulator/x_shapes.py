"""X's posts, people and account activity in its own shapes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from parvis.simulator.records import Account, Said
from parvis.simulator.world import MENTION, World


def time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def latest(said: Said) -> str:
    """The id of its newest version: an edit is a new post in the history of the first."""
    return said.version or said.id


def post(said: Said) -> dict[str, Any]:
    """With all fields that may be asked for."""
    history = [said.id, said.version] if said.version else [said.id]
    found: dict[str, Any] = {
        "id": latest(said), "text": said.text, "author_id": said.author_id, "created_at": time(said.created_at),
        "conversation_id": said.root_id, "lang": said.language or "und", "edit_history_post_ids": history,
    }  # fmt: skip
    if said.parent_id:
        found["referenced_posts"] = [{"type": "replied_to", "id": said.parent_id}]
    if said.media:
        found["attachments"] = {"media_keys": [f"3_{said.id}_{place}" for place in range(len(said.media))]}
    return found


def includes(things: Sequence[Said]) -> dict[str, Any]:
    """The people and pictures that these posts name."""
    people = {
        one.author_id: {"id": one.author_id, "name": one.author_name, "username": one.author_handle} for one in things
    }
    media = [
        {"media_key": f"3_{one.id}_{place}", "type": "photo", "url": url}
        for one in things
        for place, url in enumerate(one.media)
    ]
    return {"users": list(people.values())} | ({"media": media} if media else {})


def concerns(said: Said, account: Account, world: World) -> bool:
    """Whether it is in the account's mentions: what names it, and what is said below its own posts."""
    root = world.things.get(said.root_id)
    below = not said.is_root and root is not None and root.author_id == account.id
    named = account.handle.lower() in (name.lower() for name in MENTION.findall(said.text))
    return said.author_id != account.id and (below or named)


def activity(verb: str, said: Said, account: Account, world: World) -> dict[str, Any] | None:
    """What a webhook tells: new posts that concern the account, and what its people deleted; edits are new posts."""
    if verb == "remove" and (said.author_id == account.id or concerns(said, account, world)):
        return {"tweet_delete_events": [{"status": {"id": said.id, "user_id": said.author_id}}]}
    if verb != "add" or not (said.author_id == account.id or concerns(said, account, world)):
        return None
    when = datetime.fromtimestamp(said.created_at, UTC).strftime("%a %b %d %H:%M:%S +0000 %Y")
    user = {"id_str": said.author_id, "name": said.author_name, "screen_name": said.author_handle}
    tweet = {
        "id_str": latest(said), "created_at": when, "text": said.text, "user": user, "lang": said.language or "und",
        "in_reply_to_status_id_str": said.parent_id or None,
    }  # fmt: skip
    return {"tweet_create_events": [tweet]}
