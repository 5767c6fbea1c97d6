"""A real WordPress has feeds: they are read as RSS and as Atom, and only fetched when they changed."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from shared.egress import Egress
from shared.networks.capabilities import Account, Publishing, Refused
from shared.networks.feed.client import Feed
from tests.peers.blog import Blog


@pytest.fixture
def feed(egress: Egress) -> Feed:
    return Feed(egress)


def channel(blog: Blog, path: str) -> Account:
    return Account("channel-feed", "brand", f"{blog.url}{path}", f"{blog.url}{path}", "")


@pytest.mark.parametrize("path", ["/feed/", "/feed/atom/"])
async def test_what_a_blog_publishes_is_a_mention(feed: Feed, blog: Blog, path: str) -> None:
    """An entry comes in with its title, words, author, time and address."""
    title = f"On parle de vous {uuid4().hex[:6]}"
    blog.write_post(title)
    page = await feed.poll(channel(blog, path), {})
    (found,) = [one for raw in page.changes if (one := feed.normalise(raw)) and one.text.startswith(title)]
    assert found.interaction_kind == "mention"
    assert found.text == f"{title}\n\nVenez nombreux !"
    assert found.author.name == "admin"
    assert found.said_at is not None
    assert abs((datetime.now(UTC) - found.said_at).total_seconds()) < 60
    assert found.permalink.startswith(blog.url)
    again = feed.normalise(await feed.read(channel(blog, path), found.external_id, {}))
    assert again == found


async def test_an_unchanged_feed_is_not_fetched_again(feed: Feed, blog: Blog) -> None:
    """The feed's own marks are sent back, and its host answers that nothing changed."""
    blog.write_post(f"Avant {uuid4().hex[:6]}")
    first = await feed.poll(channel(blog, "/feed/"), {})
    second = await feed.poll(channel(blog, "/feed/"), first.cursor)
    assert first.changes
    assert not second.changes
    assert second.covered_from == first.covered_until


async def test_a_feed_can_only_be_read(feed: Feed, blog: Blog) -> None:
    """It says who it is; what is no feed is refused; nothing can be published there."""
    assert (await feed.whoami(channel(blog, "/feed/"))).name == "Peer blog"
    for path in ("/", "/no-such-thing/"):
        with pytest.raises(Refused):
            await feed.whoami(channel(blog, path))
    assert not isinstance(feed, Publishing)
