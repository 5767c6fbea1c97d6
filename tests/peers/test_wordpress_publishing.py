"""Posts and replies on a real WordPress: each goes out once, whatever happens in between."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.egress import Egress
from shared.errors import EgressRefused
from shared.networks.capabilities import DeliveryKey, Media, Refused, Rendition, TokenLost
from shared.networks.wordpress import names
from shared.networks.wordpress.client import WordPress
from shared.settings import FloorSettings
from tests.peers.blog import POINT, Blog


@pytest.fixture
def wordpress(egress: Egress) -> WordPress:
    return WordPress(egress)


def delivery() -> DeliveryKey:
    return DeliveryKey(str(uuid4()), datetime.now(UTC))


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def rendition() -> Rendition:
    title = f"Portes ouvertes {uuid4().hex[:6]}"
    text = "Samedi, entrée libre <pour tous> & café.\nVenez !\n\nDétails : https://example.org/fete?a=1&b=2."
    return Rendition(text, title=title, link="https://example.org/plan")


async def test_the_same_delivery_twice_is_one_post(wordpress: WordPress, blog: Blog) -> None:
    """A second attempt of a delivery finds the first one's post and makes no other."""
    what, key = rendition(), delivery()
    first = await wordpress.publish(blog.account(), what, key)
    second = await wordpress.publish(blog.account(), what, key)
    assert first == second
    (post,) = blog.posts_named(what.title)
    assert post["slug"].endswith(key.delivery_id.replace("-", "")[-10:])


async def test_a_post_reads_as_it_was_written(wordpress: WordPress, blog: Blog) -> None:
    """Angle brackets stay text, addresses become links, paragraphs stay paragraphs."""
    what = rendition()
    made = await wordpress.publish(blog.account(), what, delivery())
    page = blog.seen_by_visitors(names.number_of(made.remote_id, "post"))
    assert "&lt;pour tous&gt;" in page
    assert 'href="https://example.org/plan"' in page
    assert 'href="https://example.org/fete?a=1&#038;b=2"' in page or "a=1&amp;b=2" in page


async def test_images_go_to_the_blogs_own_library_once(wordpress: WordPress, blog: Blog) -> None:
    """An image is shown with its description, from the blog itself; a second attempt uploads nothing."""
    image = Media(blog.put_image(POINT), "image/png", "Un point rouge")
    what, key = Rendition("Regardez", title=f"Image {uuid4().hex[:6]}", media=[image]), delivery()
    made = await wordpress.publish(blog.account(), what, key)
    page = blog.seen_by_visitors(names.number_of(made.remote_id, "post"))
    assert 'alt="Un point rouge"' in page
    tail = key.delivery_id.replace("-", "")[-10:]
    assert f"parvis-{tail}-0.png" in page
    await wordpress.publish(blog.account(), what, key)
    assert f"parvis-{tail}-0-1" not in blog.seen_by_visitors(names.number_of(made.remote_id, "post"))


async def test_an_unknown_post_is_found_by_its_address_in_the_trash_too(wordpress: WordPress, blog: Blog) -> None:
    """Settling finds what went out even when someone has thrown it away since."""
    what, key = rendition(), delivery()
    assert await wordpress.find_post(blog.account(), what, key, a_minute_ago()) == []
    made = await wordpress.publish(blog.account(), what, key)
    assert await wordpress.find_post(blog.account(), what, key, a_minute_ago()) == [made]
    blog.trash_post(names.number_of(made.remote_id, "post"))
    (found,) = await wordpress.find_post(blog.account(), what, key, a_minute_ago())
    assert found.remote_id == made.remote_id


async def test_a_post_whose_address_was_changed_is_found_by_its_words(wordpress: WordPress, blog: Blog) -> None:
    """A plugin may rewrite addresses: author, title, words and time still tell."""
    what = rendition()
    made = await wordpress.publish(blog.account(), what, delivery())
    assert await wordpress.find_post(blog.account(), what, delivery(), a_minute_ago()) == [made]
    other = Rendition("Tout autre chose", title=what.title)
    assert await wordpress.find_post(blog.account(), other, delivery(), a_minute_ago()) == []


async def test_the_same_reply_twice_is_one_comment(wordpress: WordPress, blog: Blog) -> None:
    """WordPress answers a repeated reply with 409, and the first one is taken as the answer."""
    post = blog.write_post("Une question")
    question = blog.comment(post, "Ouvrez-vous le dimanche ?")
    key, text = delivery(), 'Oui, de 10 h à 18 h : "entrée libre" & <gratuit> !'
    assert await wordpress.find_reply(blog.account(), question, text, key, a_minute_ago()) == []
    first = await wordpress.reply(blog.account(), question, text, key)
    second = await wordpress.reply(blog.account(), question, text, key)
    assert first == second
    answers = [row for row in blog.comments_under(post) if row["parent"]]
    assert [names.comment(row["id"]) for row in answers] == [first.remote_id]
    assert await wordpress.find_reply(blog.account(), question, text, key, a_minute_ago()) == [first]


async def test_who_may_not_moderate_is_not_connected(wordpress: WordPress, blog: Blog) -> None:
    """An editor is welcome, a subscriber is told what is missing, a wrong password is a lost token."""
    emma = await wordpress.whoami(blog.account())
    assert emma.external_id == blog.account().account_id
    with pytest.raises(Refused, match="may not moderate"):
        await wordpress.whoami(blog.account("sam"))
    stranger = blog.account("emma")
    with pytest.raises(TokenLost):
        await wordpress.whoami(type(stranger)("c", "b", "", stranger.base_url, "emma:wrong"))


async def test_a_subscriber_cannot_publish(wordpress: WordPress, blog: Blog) -> None:
    """What the blog refuses for good is a refusal with the blog's own code."""
    with pytest.raises((Refused, TokenLost)):
        await wordpress.publish(blog.account("sam"), rendition(), delivery())


async def test_a_blog_that_is_not_on_the_list_is_out_of_reach(blog: Blog) -> None:
    """A private address is refused unless this deployment names it."""
    async with Egress.open(FloorSettings(kafka="unused", mongo="unused")) as closed:
        with pytest.raises(EgressRefused):
            await WordPress(closed).whoami(blog.account())
