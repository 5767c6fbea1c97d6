"""Putting posts into the account's repository so that the same delivery can never make two."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.egress import Egress
from shared.errors import NotSent, OutcomeUnknown
from shared.networks import attachments
from shared.networks.bluesky import record
from shared.networks.bluesky.session import Session, Sessions
from shared.networks.capabilities import Account, DeliveryKey, Gone, Published, Refused, Rendition, Target
from shared.networks.rules import load

COMMIT_BOUND = 60.0


async def publish(
    sessions: Sessions,
    egress: Egress,
    account: Account,
    rendition: Rendition,
    delivery: DeliveryKey,
    now: datetime,
) -> Published:
    """A post with its links, mentions and tags marked, and its images or its link's card."""
    more: dict[str, Any] = {"langs": [rendition.language]} if rendition.language else {}
    try:
        if rendition.media:
            more["embed"] = await _images(sessions, egress, account, rendition)
        elif rendition.link:
            more["embed"] = record.card(rendition)
        text = record.words(rendition)
        people = await _people(sessions, account, text)
    except OutcomeUnknown as error:
        raise NotSent(f"before publishing: {error.reason}") from error
    made = record.post(text, record.date(delivery, now), people, **more)
    return await _put(sessions, account, made, delivery)


async def reply(
    sessions: Sessions, account: Account, target: Target, text: str, delivery: DeliveryKey, now: datetime
) -> Published:
    """A reply names the versions of the post it answers and of the first of the thread: those of today."""
    try:
        found = await sessions.query(account, "app.bsky.feed.getPosts", uris=[target.external_id])
        parent = next(iter(found["posts"]), None)
        if parent is None:
            raise Refused("the post to answer is no more", "NotFound")
        above = {"uri": parent["uri"], "cid": parent["cid"]}
        root = parent["record"].get("reply", {}).get("root", above)
        people = await _people(sessions, account, text)
    except OutcomeUnknown as error:
        raise NotSent(f"before replying: {error.reason}") from error
    made = record.post(text, record.date(delivery, now), people, reply={"root": root, "parent": above})
    return await _put(sessions, account, made, delivery)


async def find(sessions: Sessions, account: Account, delivery: DeliveryKey) -> Sequence[Published]:
    """What stands under the delivery's key: it or nothing."""
    session = await sessions.of(account)
    found = await _standing(sessions, account, session, delivery)
    return [] if found is None else [_published(found, session)]


async def _put(sessions: Sessions, account: Account, made: Mapping[str, Any], delivery: DeliveryKey) -> Published:
    """Create only: the same record again changes nothing, another under the key is refused by the server.

    There the same words in the same place, only dated otherwise, are an earlier attempt of this delivery.
    """
    session = await _before(sessions, account)
    body = {"repo": session.did, "collection": record.POST, "rkey": record.key(delivery)}
    try:
        answer = await sessions.procedure(
            account, "com.atproto.repo.putRecord", json={**body, "record": dict(made), "swapRecord": None}
        )
    except Refused as refusal:
        if refusal.code != "InvalidSwap":
            raise
        there = await _standing(sessions, account, session, delivery)
        if there is None or not _says_the_same(there["value"], made):
            raise
        answer = there
    return _published(answer, session)


async def _before(sessions: Sessions, account: Account) -> Session:
    try:
        return await sessions.of(account)
    except OutcomeUnknown as error:
        raise NotSent(f"signing in: {error.reason}") from error


async def _standing(
    sessions: Sessions, account: Account, session: Session, delivery: DeliveryKey
) -> Mapping[str, Any] | None:
    try:
        return await sessions.query(
            account,
            "com.atproto.repo.getRecord",
            repo=session.did,
            collection=record.POST,
            rkey=record.key(delivery),
        )
    except Gone:
        return None


def _says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return [one.get("text"), _parent(one)] == [other.get("text"), _parent(other)]


def _parent(made: Mapping[str, Any]) -> str:
    return str(made.get("reply", {}).get("parent", {}).get("uri", ""))


def _published(answer: Mapping[str, Any], session: Session) -> Published:
    return Published(answer["uri"], record.page(answer["uri"], session.handle), answer["cid"])


async def _people(sessions: Sessions, account: Account, text: str) -> Mapping[str, str]:
    """The people a text mentions; a handle that nobody has stays mere text."""
    people = {}
    for handle in record.handles(text):
        try:
            found = await sessions.query(account, "com.atproto.identity.resolveHandle", handle=handle)
        except (Gone, Refused):
            continue
        people[handle] = found["did"]
    return people


async def _images(sessions: Sessions, egress: Egress, account: Account, rendition: Rendition) -> Mapping[str, Any]:
    """Uploaded first: until a post shows them they are not public, and the server drops them after a while."""
    images = []
    for medium in rendition.media:
        body, kind = await attachments.fetch(egress, medium, load("bluesky")["media.bytes"].value)
        kept = await sessions.procedure(
            account, "com.atproto.repo.uploadBlob", content=body, headers={"content-type": kind}
        )
        images.append({"alt": medium.alt, "image": kept["blob"]})
    return {"$type": "app.bsky.embed.images", "images": images}
