"""What visitors of a real blog say comes in, is judged, waits for a person, is answered, hidden and shown."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.networks.capabilities import Target
from tests.flows.town import Brand, Said, eventually, never
from tests.peers.blog import Blog
from tests.peers.stories.square import answer_twice, decide, evidence
from tests.peers.wire import Wire

INSULT = "Vous êtes une bande de connards, bande d'abrutis finis"


@pytest.fixture(scope="module")
def post(brand: Brand, blog: Blog) -> int:
    """A post of the blog, written after its channel was connected."""
    return blog.write_post(f"Portes ouvertes {uuid4().hex[:6]}")


def under(brand: Brand, target: Target) -> Said:
    """The comment as Parvis knows it."""
    return Said(brand, "wordpress", target.external_id)


async def until_status(blog: Blog, target: Target, status: str) -> None:
    """Waits until the blog itself has the comment so."""

    async def look() -> bool:
        return blog.status(target) == status

    await eventually(look, f"{status} on the blog")


async def test_what_the_blog_holds_waits_for_a_person_who_shows_it(brand: Brand, blog: Blog, post: int) -> None:
    """The verdict finds nothing wrong, yet no rule publishes what the blog itself held back: a person does."""
    comment = blog.comment(post, "Bonjour, à quelle heure ouvrez-vous samedi ?")
    said = under(brand, comment)
    item = await said.judged()
    assert (item["visibility"], item["verdict"]["outcome"], item["verdict"]["wish"]) == ("held", "allow", "keep")

    async def shown() -> bool:
        return blog.status(comment) != "hold"

    await never(shown, "shown by nobody", during=2)
    await decide(said, "allow")
    await until_status(blog, comment, "approved")
    assert "à quelle heure ouvrez-vous" in blog.seen_by_visitors(post)
    await said.until(lambda item: item["visibility"] == "public", "public in the inbox")


async def test_an_insult_is_held_back_with_its_evidence(brand: Brand, blog: Blog, post: int) -> None:
    """A regular's comment is public at once; the rule takes it down, and what was said is kept for a person."""
    comment = blog.comment(post, INSULT, "Gaël", regular=True)
    assert blog.status(comment) == "approved"
    said = under(brand, comment)
    item = await said.judged()
    assert (item["verdict"]["outcome"], item["verdict"]["wish"]) == ("hide", "hide")
    await until_status(blog, comment, "hold")
    assert INSULT not in blog.seen_by_visitors(post)
    (kept,) = await evidence(said)
    assert (kept["text"], kept["author"]["name"]) == (INSULT, "Gaël")
    assert (await said.case())["state"] == "open"


async def test_what_was_mended_on_the_blog_is_judged_again_and_shown(brand: Brand, blog: Blog, post: int) -> None:
    """The blog has no edit time: the poll sees other words, and what a rule took down comes back."""
    comment = blog.comment(post, INSULT, "Maël", regular=True)
    await until_status(blog, comment, "hold")
    blog.edit(comment, "Pardon pour mes mots. Avez-vous encore des places ?")
    item = await under(brand, comment).judged(revision=2)
    assert (item["text"][:6], item["verdict"]["outcome"]) == ("Pardon", "allow")
    await until_status(blog, comment, "approved")


async def test_an_answer_appears_once_though_its_confirmation_is_lost(
    brand: Brand, blog: Blog, post: int, lines: Mapping[str, Wire]
) -> None:
    """Sent twice by the person, and cut off after the blog took it: one reply stands there, and it counts."""
    question = blog.comment(post, "Peut-on venir avec un chien ?", "Nour", regular=True)
    said, text = under(brand, question), f"Oui, tenu en laisse ! {uuid4().hex[:6]}"
    await said.judged()
    lines["wordpress"].breaks("unanswered", "POST /wp-json/wp/v2/comments")
    befallen = len(lines["wordpress"].befallen)
    await answer_twice(said, text)
    await said.until(lambda item: item["answered_at"] and item["state"] == "done", "answered in the inbox")
    assert len(lines["wordpress"].befallen) == befallen + 1
    answers = [row for row in blog.comments_under(post) if row["content"]["raw"] == text]
    assert [(row["author"], f"comment:{row['parent']}") for row in answers] == [
        (blog.people["emma"]["id"], question.external_id)
    ]


async def test_a_deletion_on_the_blog_is_noticed_and_the_trash_is_not_one(brand: Brand, blog: Blog, post: int) -> None:
    """In the trash it is out of sight; when the blog has it no more it is deleted, and its text forgotten."""
    comment = blog.comment(post, "Je me ravise peut-être", regular=True)
    said = under(brand, comment)
    await said.judged()
    blog.set_status(comment, "trash")
    item = await said.until(lambda item: item["visibility"] == "trash", "in the trash in the inbox")
    assert not item["deleted"]
    blog.destroy(comment)
    item = await said.until(lambda item: item["deleted"], "deleted in the inbox")
    assert not item["text"]


async def test_a_scheduled_post_appears_once_though_the_answer_is_lost(
    brand: Brand, blog: Blog, lines: Mapping[str, Wire]
) -> None:
    """The blog publishes and the line is cut: unknown, looked for by its address, adopted; never sent again."""
    wire, title = lines["wordpress"], f"La vareuse revient {uuid4().hex[:6]}"
    wire.breaks("unanswered", "POST /wp-json/wp/v2/posts")
    befallen = len(wire.befallen)
    due = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    post = await brand.post_in_state(await brand.plans(title, "wordpress", due_at=due), "published", within=40)
    assert len(wire.befallen) == befallen + 1
    (delivery,) = post["deliveries"]
    assert (delivery["state"], delivery["why"]) == ("confirmed", "found on the network")
    (standing,) = blog.posts_named(title)
    assert (standing["status"], standing["author"]) == ("publish", blog.people["emma"]["id"])
