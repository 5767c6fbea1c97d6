"""Feeds: a real blog's on tape, and those that mean no good or are none."""

import json

import pytest

from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, RateLimited, RawChange, Refused, Sighting
from shared.networks.feed.client import Feed
from tests.networks.answers import Answers, answer
from tests.networks.tapes import Tape
from tests.peers.blog import Blog

ACCOUNT = Account("channel", "brand", "https://blog.example/feed", "https://blog.example/feed", "")
XML = {"content-type": "application/rss+xml; charset=utf-8"}


def rss(item: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<rss version="2.0"><channel><title>Blog</title>{item}</channel></rss>'


async def read(body: str, headers: dict[str, str] = XML) -> list[Sighting]:
    feed = Feed(Answers(answer(200, body, headers)))
    found = [feed.normalise(raw) for raw in (await feed.poll(ACCOUNT, {})).changes]
    return [one for one in found if one is not None]


async def test_a_blogs_feed_is_fetched_only_when_it_changed(tape: Tape, blog: Blog) -> None:
    """Its entries come in as mentions; sent back its own marks, the host says 304 and nothing is read."""

    async def write() -> str:
        blog.write_post("On parle de vous")
        return "written"

    def channel() -> Account:
        return Account("channel", "brand", f"{blog.url}/feed/", f"{blog.url}/feed/", "")

    await tape.given("post", write)
    feed, account = Feed(tape), await tape.account(channel)
    first = await feed.poll(account, {})
    sightings = [feed.normalise(raw) for raw in first.changes]
    assert sightings[0] is not None
    assert sightings[0].text == "On parle de vous\n\nVenez nombreux !"
    assert (sightings[0].interaction_kind, sightings[0].author.name) == ("mention", "admin")
    second = await feed.poll(account, json.loads(json.dumps(first.cursor)))
    assert [call["status"] for call in tape.calls] == [200, 304]
    assert not second.changes
    assert second.cursor["etag"] == first.cursor["etag"]


async def test_a_feed_cannot_reach_into_this_machine() -> None:
    """Entities that name files or swell are refused, scripts are not text, and a path is no feed."""
    item = "<item><guid>1</guid><title>T</title><description>&lt;script&gt;bad()&lt;/script&gt;</description></item>"
    for entity in ('f SYSTEM "file:///etc/hostname"', 'b "&a;&a;&a;"'):
        with pytest.raises(Refused):
            await read(rss(item, f"<!DOCTYPE x [<!ENTITY {entity}>]>"))
    with pytest.raises(Refused):
        await read("/etc/hostname")
    (entry,) = await read(rss(item))
    assert entry.text == "T"


async def test_entries_without_manners_are_read_all_the_same() -> None:
    """No id, no date, no author: the address serves as id, the feed as author, and time is told by when we saw it."""
    image = "<enclosure url='https://blog.example/i.png' type='image/png'/>"
    (entry,) = await read(rss(f"<item><title>Seul</title><link>https://blog.example/1</link>{image}</item>"))
    assert (entry.external_id, entry.author.name, entry.said_at) == ("https://blog.example/1", "Blog", None)
    assert [one.url for one in entry.media] == ["https://blog.example/i.png"]


@pytest.mark.parametrize(
    "date", ["0000-00-00T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "tomorrow"]
)
async def test_a_date_that_no_calendar_has_hides_no_other_entry(date: str) -> None:
    """It is told by when we saw it, and the next entry is read."""
    items = f"<item><guid>a</guid><title>A</title><pubDate>{date}</pubDate></item><item><title>B</title></item>"
    assert [(one.text, one.said_at) for one in await read(rss(items))] == [("A", None), ("B", None)]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("&#55357;&#56832;", "😀"),
        ("&#xD83D;&#xde00; &#233;", "😀 é"),
        ("&#xD800;", "\ufffd"),
        ("&#99999999999;", "\ufffd"),
        ("&#x110000;", "\ufffd"),
        ("&#128512; &amp;", "😀 &"),
    ],
)
async def test_an_emoji_in_two_halves_hides_no_entry(written: str, shown: str) -> None:
    """Hosts write them so, and a reference to no character at all stands for one that cannot be shown."""
    items = f"<item><guid>1</guid><title>{written}</title></item><item><guid>2</guid><title>B</title></item>"
    assert [one.text for one in await read(rss(items))] == [shown, "B"]


async def test_entries_of_words_alone_are_told_apart() -> None:
    """RSS asks for a title or a description and nothing else; what has neither says nothing."""
    words = "".join(f"<item><description>{one}</description></item>" for one in ("Bonjour", "Bonsoir"))
    entries = await read(rss(f"{words}<item/>"))
    assert [one.text for one in entries] == ["Bonjour", "Bonsoir"]
    assert len({one.external_id for one in entries if one.external_id}) == 2


async def test_an_entry_without_a_title_is_read() -> None:
    """A title that the parser could not make out is as none."""
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><title>T</tit<content>Bonjour</content>'
    (entry,) = await read(f"{atom}</entry></feed>", {"content-type": "application/atom+xml"})
    assert entry.external_id == "urn:1"


async def test_an_edited_entry_tells_its_version() -> None:
    """Atom dates its edits."""
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>B</title><entry><id>urn:1</id><title>T</title>'
    )
    atom += "<published>2026-11-20T10:00:00Z</published><updated>2026-11-21T10:00:00Z</updated>"
    atom += '<content type="html">&lt;p&gt;Bonjour&lt;/p&gt;</content></entry></feed>'
    (entry,) = await read(atom, {"content-type": "application/atom+xml"})
    assert entry.version == "2026-11-21T10:00:00+00:00"
    assert entry.said_at is not None
    assert entry.said_at.isoformat() == "2026-11-20T10:00:00+00:00"
    assert entry.text == "T\n\nBonjour"


async def test_what_rolled_off_is_not_deleted() -> None:
    """A feed that no longer lists an entry refuses to speak of it; only that."""
    body = rss("<item><guid isPermaLink='false'>1</guid><title>T</title></item>")
    feed = Feed(Answers(answer(200, body, XML)))
    assert (await feed.read(ACCOUNT, "1", {})).external_id == "1"
    with pytest.raises(Refused):
        await feed.read(ACCOUNT, "2", {})


@pytest.mark.parametrize(
    ("status", "means"), [(404, Refused), (403, Refused), (429, RateLimited), (500, OutcomeUnknown)]
)
async def test_an_answer_has_one_meaning(status: int, means: type[Exception]) -> None:
    """As for every network."""
    with pytest.raises(means):
        await Feed(Answers(answer(status, ""))).poll(ACCOUNT, {})


MALFORMED = [b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_entry_is_a_value_error(body: bytes) -> None:
    """Whoever sent it: never another error."""
    with pytest.raises(ValueError):
        Feed(Answers()).normalise(RawChange("feed", "https://blog.example/feed", "1", "seen", body))
