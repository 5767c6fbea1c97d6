"""What a blog's answers mean, the strange ones too."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.egress import Response
from shared.errors import NotSent, OutcomeUnknown
from shared.networks.capabilities import (
    Account,
    Coded,
    Connecting,
    DeliveryKey,
    Gone,
    Moderating,
    Normalising,
    Polling,
    Publishing,
    RateLimited,
    RawChange,
    Refused,
    Rendition,
    Settling,
    Target,
    TokenLost,
    Webhooks,
)
from shared.networks.wordpress import window
from shared.networks.wordpress.client import WordPress
from shared.networks.wordpress.markup import blocks, slug, title
from tests.networks.answers import Answers, answer

ACCOUNT = Account("channel", "brand", "blog.example#2", "https://blog.example", "emma:word")
TARGET = Target("comment:7", "post:3")
KEY = DeliveryKey("0b9e-1234-abcd-ef56", datetime(2026, 11, 21, 9, tzinfo=UTC))
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def error(status: int, code: str) -> Response:
    return answer(status, json.dumps({"code": code, "message": "…", "data": {"status": status}}))


@pytest.mark.parametrize(
    ("given", "means"),
    [
        (error(401, "rest_not_logged_in"), TokenLost),
        (error(403, "rest_forbidden_context"), Refused),
        (error(404, "rest_comment_invalid_id"), Gone),
        (error(404, "rest_no_route"), Refused),
        (answer(404, "<html>Not found</html>", {"content-type": "text/html"}), Refused),
        (answer(410, "gone fishing"), Refused),
        (error(429, "too_many"), RateLimited),
        (answer(301, "", {"location": "https://www.blog.example"}), Refused),
        (answer(200, "<html>Hello</html>"), OutcomeUnknown),
        (answer(503, "<html>Maintenance</html>"), OutcomeUnknown),
        (OutcomeUnknown("the line broke"), OutcomeUnknown),
        (NotSent("no connection"), NotSent),
    ],
)
async def test_an_answer_has_one_meaning(given: Any, means: type[Exception]) -> None:
    """Above all a host's own 404 page never looks like a deleted comment."""
    with pytest.raises(means):
        await WordPress(Answers(given)).read(ACCOUNT, "comment:7", {})


async def test_a_wait_is_told_in_seconds() -> None:
    """`Retry-After` where the host gives it, a minute where not."""
    for headers, after in (({"retry-after": "17"}, 17), ({}, 60)):
        with pytest.raises(RateLimited) as limited:
            await WordPress(Answers(answer(429, "{}", headers))).whoami(ACCOUNT)
        assert limited.value.after == after


async def test_only_the_create_call_can_leave_the_outcome_unknown() -> None:
    """A look that breaks has created nothing; a create call that breaks may have."""
    broken = OutcomeUnknown("the line broke")
    with pytest.raises(NotSent):
        await WordPress(Answers(broken)).publish(ACCOUNT, Rendition("Bonjour"), KEY)
    with pytest.raises(OutcomeUnknown):
        await WordPress(Answers(answer(200, "[]"), broken)).publish(ACCOUNT, Rendition("Bonjour"), KEY)


@pytest.mark.parametrize("body", ["[]", "null", "{}", '"yes"', '{"id":{}}'])
async def test_a_create_call_answered_in_no_known_shape_is_unknown(body: str) -> None:
    """Something was asked to create and said yes in words we do not know: that is to be looked for, not a crash."""
    looked, made = answer(200, "[]"), answer(201, body)
    with pytest.raises(OutcomeUnknown):
        await WordPress(Answers(looked, made)).publish(ACCOUNT, Rendition("Bonjour"), KEY)
    with pytest.raises((OutcomeUnknown, Refused)):
        await WordPress(Answers(made)).whoami(ACCOUNT)
    with pytest.raises(OutcomeUnknown):
        await WordPress(Answers(answer(200, '{"not":"a list"}'))).poll(ACCOUNT, {})


async def test_a_blog_without_a_trash_deletes_for_good() -> None:
    """Where nothing can be trashed the comment is deleted at once."""
    held = answer(200, '{"status":"hold"}')
    egress = Answers(held, error(501, "rest_trash_not_supported"), answer(200, '{"deleted":true}'))
    assert await WordPress(egress).delete(ACCOUNT, TARGET) == "done"
    assert egress.asked[-1][2]["params"] == {"force": "true"}


@pytest.mark.parametrize("external_id", ["post:3", "comment:", "comment:x", "17", ""])
async def test_an_action_is_about_a_comment(external_id: str) -> None:
    """Anything else is refused before a call."""
    egress = Answers(answer(200))
    with pytest.raises(Refused):
        await WordPress(egress).hide(ACCOUNT, Target(external_id, "post:3"))
    assert not egress.asked


def listed(numbers: range, pages: int, total: int, minutes: int = 1) -> Response:
    """A page of comments, newest first, some minutes apart."""
    rows = [
        {"id": number, "date_gmt": (NOW - timedelta(minutes=minutes * place)).replace(tzinfo=None).isoformat()}
        for place, number in enumerate(numbers, start=numbers.start)
    ]
    return answer(200, json.dumps(rows), {"x-wp-totalpages": str(pages), "x-wp-total": str(total)})


async def test_the_window_is_read_once_and_then_step_by_step() -> None:
    """First all of the window; from then on the newest page, and one page further back, at each turn."""
    pages = {number: listed(range(100 * number - 100, 100 * number), 8, 800, 60) for number in range(1, 9)}

    class Blog(Answers):
        async def request(self, method: str, url: str, **parts: Any) -> Response:
            self.asked.append((method, url, parts))
            return pages[parts["params"]["page"]]

    egress = Blog(answer(200))
    wordpress, cursor, turns = WordPress(egress, lambda: NOW), {}, []
    for _ in range(3):
        egress.asked.clear()
        more = True
        while more:
            page = await wordpress.poll(ACCOUNT, cursor)
            cursor, more = json.loads(json.dumps(page.cursor)), page.more
            assert page.total is None
        turns.append([parts["params"]["page"] for _, _, parts in egress.asked])
    assert turns == [[1, 2, 3, 4, 5], [1, 2], [1, 3]]


async def test_a_flood_since_the_last_turn_is_read_to_its_beginning() -> None:
    """A live turn reads on until it meets what is known, and says how far back it covers."""
    egress = Answers(*(listed(range(100 * number, 100 * number + 100), 40, 4000) for number in range(5)))
    known = NOW - timedelta(minutes=250)
    page = await WordPress(egress, lambda: NOW).poll(ACCOUNT, {"newest": known.isoformat(), "filled": True})
    assert len(page.changes) == 300
    assert page.covered_from is not None
    assert page.covered_from <= known
    assert page.cursor["newest"] == NOW.isoformat()


COMMENT = {
    "id": 1, "post": 2, "parent": 0, "author": 0, "author_name": "Inès", "author_url": "", "link": "l",
    "date_gmt": "2026-11-21T08:00:00", "content": {"rendered": "<p>Bonjour</p>"}, "status": "approved",
    "author_avatar_urls": {"24": "https://there.example/avatar/0123456789abcdef0123456789abcdef?s=24"},
}  # fmt: skip


@pytest.mark.parametrize("told", ["-0001-11-30T00:00:00", "0000-00-00T00:00:00", "", False, None])
async def test_a_comment_without_a_date_is_old_and_hides_no_other(told: object) -> None:
    """Imports leave such: WordPress tells the zero date as one that no calendar has."""
    rows = answer(200, json.dumps([COMMENT, {**COMMENT, "id": 2, "date_gmt": told}]), {"x-wp-totalpages": "1"})
    page = await WordPress(Answers(rows), lambda: NOW).poll(ACCOUNT, {})
    seen = [WordPress(Answers()).normalise(one) for one in page.changes]
    assert [one.said_at.year for one in seen if one and one.said_at] == [2026, 1970]


@pytest.mark.parametrize("avatars", [{"24": False}, {"24": None}, {}, [], None])
def test_a_visitor_without_an_avatar_is_known_by_name(avatars: object) -> None:
    """A plugin may take the avatars away, and the comment is there all the same."""
    body = json.dumps({**COMMENT, "author_avatar_urls": avatars}).encode()
    seen = WordPress(Answers()).normalise(RawChange("wordpress", "blog.example#2", "comment:1", "seen", body))
    assert seen is not None
    assert (seen.author.name, seen.author.external_id.startswith("blog.example#visitor-")) == ("Inès", True)


def test_the_window_has_its_bounds() -> None:
    """The bound that the channel's page shows is the one that is kept."""
    assert f"{window.WINDOW_COMMENTS}" in window.BOUND
    assert f"{window.WINDOW_AGE.days}" in window.BOUND


def test_what_it_offers() -> None:
    """Everything but webhooks: there are none, so the channel's completeness says "by design"."""
    client = WordPress(Answers())
    for protocol in (Coded, Connecting, Moderating, Normalising, Polling, Publishing, Settling):
        assert isinstance(client, protocol)
    assert not isinstance(client, Webhooks)
    assert client.rescan_bound


MALFORMED = [b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"id":1}', b'{"id":1,"content":[]}', b"[" * 100_000]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_comment_is_a_value_error(body: bytes) -> None:
    """Whoever sent it: never another error."""
    with pytest.raises(ValueError):
        WordPress(Answers()).normalise(RawChange("wordpress", "blog.example#2", "comment:1", "seen", body))


def test_addresses_are_words_and_the_end_of_the_delivery() -> None:
    """Accents go, other scripts leave a plain word, long titles are cut; the end tells deliveries apart."""
    assert slug("L'été à Évry !", KEY.delivery_id) == "l-ete-a-evry-34abcdef56"
    assert slug("日本語", KEY.delivery_id) == "post-34abcdef56"
    assert len(slug("mot " * 80, KEY.delivery_id)) <= 72
    assert title("", "Une première ligne\nune seconde") == "Une première ligne"
    assert title("", "mot " * 40).endswith("mot…")


def test_what_was_typed_is_never_markup() -> None:
    """A post's text is escaped, its paragraphs kept, its link added once."""
    made = blocks("<script>alert(1)</script>\n\nligne\nsuite", "https://example.org/", ())
    assert "<script>" not in made
    assert made.count("<!-- wp:paragraph -->") == 3
    assert "ligne<br>suite" in made


def test_the_codes_of_a_blog() -> None:
    """Nothing is too long but a reply; an empty post is an error, an image without words a warning."""
    wordpress = WordPress(Answers())
    assert [one.rule for one in wordpress.check(Rendition(" "))] == ["post.text_or_media"]
    assert not wordpress.check(Rendition("x" * 20_000))
    (finding,) = wordpress.check(Rendition("é" * 40_000), "reply")
    assert (finding.level, finding.value, finding.limit) == ("error", 80_000, 65_525)
    assert wordpress.limit() == 100_000
