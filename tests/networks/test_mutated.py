"""Real shapes with anything at all in any one place: read, passed over or refused, and what is read can be stated."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest

from services.ingest.domain.facts import Subject, is_backfill, place_of, said_at, state
from services.ingest.domain.memory import Fact, Look
from shared.networks.capabilities import RawChange, Sighting
from shared.networks.registry import open_networks
from tests.networks.answers import Answers, answer

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
GRAPH_TIME, ISO_TIME = "2026-11-21T08:00:00+0000", "2026-11-21T08:00:00.000Z"
POST = "at://did:plc:b/app.bsky.feed.post/2"
STRANGE: list[Any] = [
    None, True, 0, -1, 1.5, 2**63, 10**30, float("inf"), float("nan"), "", "x", "\0", [], {}, [None], ["a"], [{}],
    {"id": None}, "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+1400", "9999-12-31T23:59:59-14:00", "2026-11-21",
    "2026-11-21T09:00:00", "<![CDATA[", "&#xD800;", "at://did:x/y/z",
]  # fmt: skip
SHAPES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "facebook": [
        ("feed.comment.add", {
            "item": "comment", "verb": "add", "post_id": "1_1", "comment_id": "1_2", "parent_id": "1_1", "message": "m",
            "from": {"id": "8", "name": "H"}, "created_time": 1795597199, "photo": "p", "post": {"permalink_url": "u"},
        }),
        ("read.comment", {
            "id": "1_2", "post_id": "1_1", "parent": {"id": "1_9"}, "from": {"id": "5", "name": "N"}, "message": "m",
            "created_time": GRAPH_TIME, "is_hidden": False, "permalink_url": "u",
            "attachment": {"type": "photo", "media": {"image": {"src": "s"}}},
        }),
    ],
    "instagram": [
        ("comments", {
            "id": "179", "text": "t", "from": {"id": "9", "username": "u"}, "media": {"id": "m"}, "parent_id": "p",
            "told_at": 1795597199,
        }),
        ("read.media", {
            "id": "m", "caption": "c", "timestamp": GRAPH_TIME, "permalink": "p", "media_url": "u", "username": "b",
            "owner": {"id": "1"}, "children": {"data": [{"media_url": "u", "media_type": "VIDEO", "alt_text": "a"}]},
        }),
    ],
    "linkedin": [
        ("notice.COMMENT_EDIT", {"decoratedSourcePost": {"entity": "urn:li:share:1"}, "lastModifiedAt": 1795597199000}),
        ("read.post", {
            "post": {"id": "urn:li:share:1", "author": "urn:li:organization:1", "commentary": "t", "createdAt": 17},
            "author": {"localizedName": "K", "vanityName": "k"},
        }),
        ("read.comment", {
            "comment": {
                "actor": "urn:li:person:x", "object": "urn:li:activity:1", "id": "2", "message": {"text": "t"},
                "parentComment": "urn:li:comment:(urn:li:activity:1,3)", "created": {"time": 1795597199000},
                "lastModified": {"time": 1795597199000},
            },
            "thread": "urn:li:share:1", "author": {"localizedFirstName": "A", "localizedLastName": "B"},
        }),
    ],
    "mastodon": [
        ("read.status", {"thread": "1", "status": {
            "id": "2", "created_at": ISO_TIME, "in_reply_to_id": "1", "spoiler_text": "cw", "visibility": "public",
            "language": "fr", "url": "u", "content": "<p>t</p>", "edited_at": None,
            "account": {"id": "3", "username": "u", "acct": "u@h", "display_name": "U", "url": "l"},
            "media_attachments": [{"url": "u", "type": "image", "description": None}],
        }}),
    ],
    "x": [
        ("created", {
            "id_str": "1", "created_at": "Sat Nov 21 07:58:00 +0000 2026", "text": "t", "lang": "fr",
            "user": {"id_str": "3", "name": "n", "screen_name": "s"}, "in_reply_to_status_id_str": "9",
            "conversation_id_str": "9", "edit_history": {"initial_tweet_id": "1"},
            "extended_tweet": {"full_text": "f", "entities": {"urls": [{"url": "t"}], "media": [{"url": "t"}]}},
        }),
        ("read.post", {
            "post": {
                "id": "1", "author_id": "2", "conversation_id": "1", "created_at": ISO_TIME, "text": "t",
                "entities": {"urls": [{"url": "t", "expanded_url": "e"}]}, "edit_history_post_ids": ["1"],
                "referenced_posts": [{"type": "replied_to", "id": "9"}], "note_post": {"text": "n"},
            },
            "author": {"id": "2", "name": "n", "username": "u"}, "media": [{"url": "u", "type": "photo"}],
        }),
    ],
    "bluesky": [
        ("seen", {"hidden": False, "title": "t", "backdated": False, "post": {
            "uri": "at://did:plc:a/app.bsky.feed.post/1", "cid": "c", "indexedAt": ISO_TIME,
            "author": {"did": "did:plc:a", "handle": "h.x", "displayName": "H"},
            "record": {
                "text": "t", "createdAt": ISO_TIME, "langs": ["fr"], "reply": {"root": {"uri": POST},
                "parent": {"uri": POST}}, "facets": [{"features": [{"uri": "https://x"}]}],
            },
            "embed": {"external": {"uri": "https://y"}, "images": [{"fullsize": "f", "alt": "a"}]},
        }}),
        ("seen", {"post": {
            "uri": "at://did:plc:a/app.bsky.feed.post/1", "cid": "c", "author": {"did": "did:plc:a"},
            "record": {"text": "t", "createdAt": ISO_TIME},
        }}),
    ],
    "wordpress": [
        ("seen", {
            "id": 1, "post": 2, "parent": 3, "author": 0, "author_name": "n", "author_url": "u", "link": "l",
            "author_avatar_urls": {"24": "https://s/avatar/0123456789abcdef0123456789abcdef?s=24"},
            "date_gmt": "2026-11-21T09:00:00", "content": {"rendered": "<p>a</p>", "raw": "a"}, "status": "approved",
            "thread": {"title": "t", "link": "l"},
        }),
    ],
    "feed": [
        ("seen", {
            "id": "u", "title": "T", "html": "<p>x</p>", "link": "l", "author": "a", "author_url": "", "updated": "",
            "published": "2026-11-21T09:00:00+00:00", "language": "fr", "images": [{"url": "u", "type": "image/png"}],
            "feed": "f",
        }),
    ],
}  # fmt: skip
CASES = [(network, kind, whole) for network, shapes in SHAPES.items() for kind, whole in shapes]


def mutants(whole: Any) -> Iterator[Any]:
    """The value with one thing in it left out or something strange in its place; each is good until the next."""
    steps = whole.items() if isinstance(whole, dict) else enumerate(whole) if isinstance(whole, list) else ()
    for name, part in list(steps):
        copy = list(whole) if isinstance(whole, list) else dict(whole)
        for other in chain(STRANGE, mutants(part)):
            copy[name] = other
            yield copy
        del copy[name]
        yield copy


def stated(network: str, sighting: Sighting) -> bytes:
    """As ingest states what it sees for the first time."""
    look, place = Look(sighting, "t/0/1", "poll", NOW), place_of(network, "ch", sighting)
    said = said_at(look)
    subject = Subject("br", "id", place, "1", said, is_backfill(said, NOW), sighting.visibility, 0)
    return state(Fact("received", 1, 1), look, subject).write()


@pytest.mark.parametrize(("network", "kind", "whole"), CASES, ids=[f"{one[0]}-{one[1]}" for one in CASES])
def test_whatever_stands_in_one_place_is_read_or_refused(network: str, kind: str, whole: dict[str, Any]) -> None:
    """Another error, or a sighting that nobody can state, would stop the reading of its whole channel."""
    client = open_networks(Answers(answer(200)))[network]  # type: ignore[arg-type]
    seen = refused = 0
    for mutant in chain([whole], mutants(whole)):
        body = json.dumps(mutant, ensure_ascii=False).encode()
        try:
            sighting = client.normalise(RawChange(network, "1", "1", kind, body))
        except ValueError:
            refused += 1
            continue
        if sighting is not None and sighting.kind != "noticed":
            assert stated(network, sighting)
        seen += 1
    assert seen > 10
    assert refused or kind.startswith("notice.")
