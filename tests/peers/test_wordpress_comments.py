"""Comments on a real WordPress: taken in whatever their state, and moved between states."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from shared.egress import Egress
from shared.networks.capabilities import Gone, Sighting, Target
from shared.networks.wordpress.client import WordPress
from tests.peers.blog import Blog


@pytest.fixture
def wordpress(egress: Egress) -> WordPress:
    return WordPress(egress)


@pytest.fixture
def question(blog: Blog) -> Target:
    """A visitor's comment that the blog holds."""
    return blog.comment(blog.write_post("Portes ouvertes"), f"À quelle heure ? {uuid4().hex[:6]}")


async def look(
    wordpress: WordPress, blog: Blog, cursor: Mapping[str, Any]
) -> tuple[dict[str, Sighting], Mapping[str, Any]]:
    """What the polls of one turn show, by external id."""
    seen: dict[str, Sighting] = {}
    while True:
        page = await wordpress.poll(blog.account(), cursor)
        cursor = page.cursor
        for raw in page.changes:
            sighting = wordpress.normalise(raw)
            assert sighting is not None
            seen[raw.external_id] = sighting
        if not page.more:
            return seen, cursor


async def test_a_held_comment_comes_in_as_held(wordpress: WordPress, blog: Blog) -> None:
    """What the blog itself holds is seen, as held, with its author, its place and its time."""
    target = blog.comment(blog.write_post("Fête & musique"), 'Bonjour <a href="https://spam.example">ici</a> "là"')
    seen, _ = await look(wordpress, blog, {})
    sighting = seen[target.external_id]
    assert (sighting.visibility, sighting.interaction_kind) == ("held", "comment")
    assert sighting.text == 'Bonjour ici (https://spam.example) "là"'
    assert sighting.thread_external_id == target.thread_external_id
    assert sighting.author.name == "Zoé"
    assert not sighting.author_is_brand
    assert sighting.extra["thread_title"] == "Fête & musique"
    assert sighting.said_at is not None


async def test_nobodys_address_is_taken_in(wordpress: WordPress, blog: Blog, question: Target) -> None:
    """The commenter's e-mail and network address stay on the blog."""
    raw = await wordpress.read(blog.account(), question.external_id, {})
    assert b"@example.test" not in raw.body
    assert b"author_ip" not in raw.body


async def test_our_own_reply_is_the_brands(wordpress: WordPress, blog: Blog, question: Target) -> None:
    """A reply from the channel's own account is known as the brand's."""
    from tests.peers.test_wordpress_publishing import delivery

    made = await wordpress.reply(blog.account(), question, "De 10 h à 18 h.", delivery())
    seen, _ = await look(wordpress, blog, {})
    assert seen[made.remote_id].author_is_brand
    assert seen[made.remote_id].parent_external_id == question.external_id
    assert seen[made.remote_id].interaction_kind == "reply"


async def test_states_are_visibility(wordpress: WordPress, blog: Blog, question: Target) -> None:
    """Approved, held, spam and trash are states that a poll shows; none of them is a deletion."""
    for status, visibility in (("approved", "public"), ("spam", "spam"), ("trash", "trash"), ("hold", "held")):
        blog.set_status(question, status)
        seen, _ = await look(wordpress, blog, {})
        assert seen[question.external_id].visibility == visibility
        alone = wordpress.normalise(await wordpress.read(blog.account(), question.external_id, {}))
        assert alone is not None
        assert alone.visibility == visibility


async def test_an_edit_is_seen_at_the_next_poll(wordpress: WordPress, blog: Blog, question: Target) -> None:
    """WordPress has no edit time: the poll shows the new words, and they tell."""
    _, cursor = await look(wordpress, blog, {})
    blog.edit(question, "Finalement, non merci")
    seen, _ = await look(wordpress, blog, cursor)
    assert seen[question.external_id].text == "Finalement, non merci"
    assert seen[question.external_id].version == ""


async def test_only_a_comment_that_is_no_more_is_gone(wordpress: WordPress, blog: Blog, question: Target) -> None:
    """In the trash it can be read; deleted for good it is missing from the lists and its address says 404."""
    blog.set_status(question, "trash")
    await wordpress.read(blog.account(), question.external_id, {})
    blog.destroy(question)
    seen, _ = await look(wordpress, blog, {})
    assert question.external_id not in seen
    with pytest.raises(Gone):
        await wordpress.read(blog.account(), question.external_id, {})


async def test_hide_holds_and_show_approves(wordpress: WordPress, blog: Blog, question: Target) -> None:
    """Hiding holds a comment, showing approves it, and doing either again changes nothing."""
    post = int(question.thread_external_id.removeprefix("post:"))
    assert await wordpress.hide(blog.account(), question) == "already"
    assert await wordpress.show(blog.account(), question) == "done"
    assert "À quelle heure" in blog.seen_by_visitors(post)
    assert await wordpress.show(blog.account(), question) == "already"
    assert await wordpress.hide(blog.account(), question) == "done"
    assert "À quelle heure" not in blog.seen_by_visitors(post)


async def test_delete_trashes(wordpress: WordPress, blog: Blog, question: Target) -> None:
    """Deleting moves to the trash; what is there is there, and what is no more is gone."""
    assert await wordpress.delete(blog.account(), question) == "done"
    assert blog.status(question) == "trash"
    assert await wordpress.delete(blog.account(), question) == "already"
    blog.destroy(question)
    for act in (wordpress.hide, wordpress.show, wordpress.delete):
        assert await act(blog.account(), question) == "gone"


async def test_a_busy_blog_is_read_page_by_page(wordpress: WordPress, blog: Blog) -> None:
    """More than a page of comments: all are seen in the first turn, and an edit far back within the next ones."""
    post = blog.write_post("Un billet très commenté")
    old = blog.comment(post, "Le tout premier")
    for number in range(105):
        blog.comment_as_staff(post, f"Commentaire {number}")
    seen, cursor = await look(wordpress, blog, {})
    assert len([one for one in seen.values() if one.thread_external_id == old.thread_external_id]) == 106
    blog.edit(old, "Le tout premier, corrigé")
    seen, _ = await look(wordpress, blog, cursor)
    assert seen[old.external_id].text == "Le tout premier, corrigé"


async def test_a_page_says_what_it_covers(wordpress: WordPress, blog: Blog, question: Target) -> None:
    """The count is the blog's own; a small blog is read whole at each turn, and its span reaches two weeks back."""
    page = await wordpress.poll(blog.account(), {})
    count = blog.count_comments()
    assert page.total == (count if count <= 500 else None)
    assert page.more is (count > len(page.changes))
    assert page.covered_from is not None
    assert page.covered_until is not None
    if not page.more:
        assert (page.covered_until - page.covered_from).days >= 14
