"""What was said between us and a real WordPress, played back: the calls we make and what we read from the answers."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import uuid4

import pytest

from shared.networks.capabilities import DeliveryKey, Gone, Refused, Rendition, Sighting, Target
from shared.networks.wordpress.client import WordPress
from tests.networks.tapes import Tape
from tests.peers.blog import Blog


def text_of(make: Callable[[], str]) -> Callable[[], Awaitable[str]]:
    """What others do, as a tape wants it."""

    async def later() -> str:
        return make()

    return later


async def delivery(tape: Tape) -> DeliveryKey:
    return DeliveryKey(await tape.given("delivery", text_of(lambda: str(uuid4()))), await tape.moment())


async def question(tape: Tape, blog: Blog) -> Target:
    """A visitor's held comment under a new post."""

    def ask() -> str:
        target = blog.comment(blog.write_post("Une question"), "Ouvrez-vous <b>dimanche</b> ?\n\nMerci d'avance")
        return f"{target.external_id} {target.thread_external_id}"

    return Target(*(await tape.given("question", text_of(ask))).split())


async def polled(wordpress: WordPress, tape: Tape, blog: Blog) -> dict[str, Sighting]:
    page = await wordpress.poll(await tape.account(blog.account), {})
    return {raw.external_id: wordpress.normalise(raw) for raw in page.changes}  # type: ignore[misc]


async def test_a_post_is_looked_for_before_it_is_made(tape: Tape, blog: Blog) -> None:
    """Each attempt looks at the chosen address first; only the first one creates."""
    wordpress, account, key = WordPress(tape), await tape.account(blog.account), await delivery(tape)
    what = Rendition("Entrée libre & gratuite\n\nhttps://example.org/plan", title="Journées du patrimoine")
    assert await wordpress.publish(account, what, key) == await wordpress.publish(account, what, key)
    assert tape.times("POST", "/posts") == 1
    (sent,) = tape.bodies("/posts")
    assert sent["slug"] == f"journees-du-patrimoine-{key.delivery_id.replace('-', '')[-10:]}"
    assert "Entrée libre &amp; gratuite" in sent["content"]
    assert '<a href="https://example.org/plan">' in sent["content"]


async def test_a_repeated_reply_is_the_first_one(tape: Tape, blog: Blog) -> None:
    """The blog's 409 leads to the comment that stands there already."""
    wordpress, account, key = WordPress(tape), await tape.account(blog.account), await delivery(tape)
    target = await question(tape, blog)
    first = await wordpress.reply(account, target, "Oui, dès 10 h", key)
    assert await wordpress.reply(account, target, "Oui, dès 10 h", key) == first
    assert [call["status"] for call in tape.calls] == [200, 201, 200, 409, 200]


async def test_a_held_comment_is_read_whole(tape: Tape, blog: Blog) -> None:
    """What a visitor typed comes in as text, with place, author, time and state, and without an address of theirs."""
    wordpress, target = WordPress(tape), await question(tape, blog)
    sighting = (await polled(wordpress, tape, blog))[target.external_id]
    assert sighting.text == "Ouvrez-vous dimanche ?\n\nMerci d'avance"
    assert (sighting.visibility, sighting.interaction_kind, sighting.version) == ("held", "comment", "")
    assert sighting.parent_external_id == sighting.thread_external_id == target.thread_external_id
    assert sighting.author.name == "Zoé"
    assert "#visitor-" in sighting.author.external_id
    assert sighting.extra == {"thread_title": "Une question"}
    assert isinstance(sighting.said_at, datetime)
    assert "email" not in tape.calls[0]["path"]


async def test_our_answer_is_the_brands_and_a_reply(tape: Tape, blog: Blog) -> None:
    """The channel's own comment is known by its author."""
    wordpress, account, key = WordPress(tape), await tape.account(blog.account), await delivery(tape)
    target = await question(tape, blog)
    made = await wordpress.reply(account, target, "Oui !", key)
    sighting = (await polled(wordpress, tape, blog))[made.remote_id]
    assert sighting.author_is_brand
    assert (sighting.interaction_kind, sighting.parent_external_id) == ("reply", target.external_id)


async def test_states_are_set_only_where_they_differ(tape: Tape, blog: Blog) -> None:
    """Hide holds, show approves, delete trashes; what is so already is not asked for."""
    wordpress, account, target = WordPress(tape), await tape.account(blog.account), await question(tape, blog)
    acts = (wordpress.hide, wordpress.show, wordpress.show, wordpress.hide, wordpress.delete, wordpress.delete)
    said = [await act(account, target) for act in acts]
    assert said == ["already", "done", "already", "done", "done", "already"]
    number = target.external_id.removeprefix("comment:")
    assert tape.bodies(f"/comments/{number}") == [{"status": "approved"}, {"status": "hold"}]


async def test_what_is_no_more_is_gone(tape: Tape, blog: Blog) -> None:
    """The blog's own 404 for the comment, and nothing less, says that it is deleted."""
    wordpress, account, target = WordPress(tape), await tape.account(blog.account), await question(tape, blog)

    def destroy() -> str:
        blog.destroy(target)
        return "destroyed"

    await tape.given("destroyed", text_of(destroy))
    with pytest.raises(Gone):
        await wordpress.read(account, target.external_id, {})
    assert await wordpress.hide(account, target) == "gone"
    with pytest.raises(Refused):
        await wordpress.reply(account, target, "Trop tard", await delivery(tape))
