"""Hiding replies in one's own thread: a list in a record beside its first post, changed by compare and swap."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.networks.bluesky import record
from shared.networks.bluesky.session import Sessions
from shared.networks.capabilities import Account, Gone, Refused, Target, VisibilityResult
from shared.networks.rules import load

GATE = "app.bsky.feed.threadgate"
TRIES = 3


async def hide(sessions: Sessions, account: Account, target: Target, now: str) -> VisibilityResult:
    """Add the reply to the thread's hidden ones; `now` dates a new list."""
    most = load("bluesky")["thread.hidden"].value

    def add(hidden: Sequence[str]) -> Sequence[str]:
        if len(hidden) >= most:
            raise Refused(f"{most} replies of this thread are hidden, more cannot be", "too_many_hidden")
        return [*hidden, target.external_id]

    return await _change(sessions, account, target, now, wanted=True, change=add)


async def show(sessions: Sessions, account: Account, target: Target, now: str) -> VisibilityResult:
    """Take the reply off the list."""

    def remove(hidden: Sequence[str]) -> Sequence[str]:
        return [one for one in hidden if one != target.external_id]

    return await _change(sessions, account, target, now, wanted=False, change=remove)


async def _change(
    sessions: Sessions,
    account: Account,
    target: Target,
    now: str,
    *,
    wanted: bool,
    change: Callable[[Sequence[str]], Sequence[str]],
) -> VisibilityResult:
    root = await _own_root(sessions, account, target)
    if not (await sessions.query(account, "app.bsky.feed.getPosts", uris=[target.external_id]))["posts"]:
        return "gone"
    for last in (False, False, True):
        gate, version = await _read(sessions, account, root)
        hidden = list(gate.get("hiddenReplies", ()))
        if (target.external_id in hidden) is wanted:
            return "already"
        new = {"$type": GATE, "post": root, "createdAt": now, **gate, "hiddenReplies": change(hidden)}
        try:
            await _write(sessions, account, root, new, version)
            return "done"
        except Refused as refusal:
            if last or refusal.code != "InvalidSwap":
                raise
    raise AssertionError("the last try returns or raises")


async def _own_root(sessions: Sessions, account: Account, target: Target) -> str:
    root = target.thread_external_id
    repository = record.target_place(root)[0]
    if repository != (await sessions.of(account)).did:
        raise Refused("only the account that began a thread can hide replies in it", "not_our_thread")
    if root == target.external_id:
        raise Refused("a thread's first post cannot be hidden", "own_post")
    return root


async def _read(sessions: Sessions, account: Account, root: str) -> tuple[Mapping[str, Any], str | None]:
    repository, _, name = record.place(root)
    try:
        found = await sessions.query(account, "com.atproto.repo.getRecord", repo=repository, collection=GATE, rkey=name)
    except Gone:
        return {}, None
    return found["value"], found["cid"]


async def _write(sessions: Sessions, account: Account, root: str, gate: Mapping[str, Any], version: str | None) -> None:
    repository, _, name = record.place(root)
    where = {"repo": repository, "collection": GATE, "rkey": name}
    await sessions.procedure(
        account, "com.atproto.repo.putRecord", json={**where, "record": dict(gate), "swapRecord": version}
    )
