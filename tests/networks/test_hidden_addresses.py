"""Where a link leads is part of what was said: an address that a word or a card hides is shown to moderators."""

import json
from typing import Any

import pytest

from shared.networks.bluesky.client import Bluesky
from shared.networks.capabilities import RawChange, Sighting
from shared.networks.mastodon.client import Mastodon
from tests.networks.answers import Answers, answer

URI = "at://did:plc:bob/app.bsky.feed.post/3kpost222222a"
CARD = {"external": {"uri": "https://spam.example/x"}}
LINKS = {
    '<a href="https://spam.example/x">ici</a>': "ici (https://spam.example/x)",
    '<a href="https://spam.example/">https://bank.example</a>': "https://bank.example (https://spam.example/)",
    '<a href="https://k.example/"><span class="invisible">https://</span>k.example</a>': "https://k.example",
    '<a href="https://k.example/%C3%A9t%C3%A9">https://k.example/été</a>': "https://k.example/été",
    '<a href="https://there.example/@ines" class="mention">@<span>ines</span></a> oui': "@ines oui",
    '<a href="https://there.example/tags/pull" rel="tag">#<span>pull</span></a>': "#pull",
    '<a href="javascript:no">ici</a> <a>là</a>': "ici là",
}


def told_by_mastodon(html: str) -> Sighting | None:
    author = {"id": "3", "username": "u", "acct": "u"}
    status = {"id": "2", "created_at": "2026-11-21T08:00:00.000Z", "content": html, "account": author}
    body = json.dumps({"thread": "2", "status": status}).encode()
    client = Mastodon(Answers(answer(200)))  # type: ignore[arg-type]
    return client.normalise(RawChange("mastodon", "1", "2", "read.status", body))


@pytest.mark.parametrize("html", LINKS)
def test_a_word_that_leads_elsewhere_tells_where(html: str) -> None:
    """Mastodon shows what other servers let people write; what is its own address, or a name, is not said twice."""
    seen = told_by_mastodon(f"<p>{html}</p>")
    assert seen is not None
    assert seen.text == LINKS[html]


@pytest.mark.parametrize("embed", [CARD, {"record": {"uri": "at://x"}, "media": CARD}], ids=["card", "quoting"])
def test_a_card_tells_where_it_leads(embed: dict[str, Any]) -> None:
    """Beside a quoted post, too."""
    post = {
        "uri": URI, "cid": "c", "author": {"did": "did:plc:bob", "handle": "bob.test"}, "embed": embed,
        "record": {"text": "Regardez", "createdAt": "2026-11-21T08:00:00Z"}, "indexedAt": "2026-11-21T08:00:00Z",
    }  # fmt: skip
    client = Bluesky(Answers(answer(200)))  # type: ignore[arg-type]
    seen = client.normalise(RawChange("bluesky", "did:plc:alice", URI, "seen", json.dumps({"post": post}).encode()))
    assert seen is not None
    assert seen.text == "Regardez\n(https://spam.example/x)"
