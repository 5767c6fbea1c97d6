"""Posts and replies on a real Bluesky network: each goes out once, whatever happens in between."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.egress import Egress
from shared.errors import EgressRefused
from shared.networks.bluesky import record
from shared.networks.bluesky.client import Bluesky
from shared.networks.capabilities import Account, DeliveryKey, Media, Refused, Rendition, TokenLost
from shared.settings import FloorSettings
from tests.peers.blog import POINT, Blog
from tests.peers.sky import Sky, target


@pytest.fixture
def bluesky(egress: Egress) -> Bluesky:
    return Bluesky(egress)


def delivery() -> DeliveryKey:
    return DeliveryKey(str(uuid4()), datetime.now(UTC))


async def test_the_same_delivery_twice_is_one_post(bluesky: Bluesky, sky: Sky) -> None:
    """The record's key comes from the delivery: putting it again changes nothing."""
    what, key = Rendition(f"Portes ouvertes {uuid4().hex}"), delivery()
    first = await bluesky.publish(sky.account(), what, key)
    second = await bluesky.publish(sky.account(), what, key)
    assert first == second
    assert [one["uri"] for one in await sky.posts_of("alice") if one["value"]["text"] == what.text] == [first.remote_id]


async def test_a_changed_text_never_replaces_what_went_out(bluesky: Bluesky, sky: Sky) -> None:
    """Where something else stands under the delivery's key the network refuses, and it stays as it is."""
    key = delivery()
    first = await bluesky.publish(sky.account(), Rendition("Version une"), key)
    with pytest.raises(Refused) as refusal:
        await bluesky.publish(sky.account(), Rendition("Version deux"), key)
    assert refusal.value.code == "InvalidSwap"
    assert await bluesky.find_post(sky.account(), Rendition("Version deux"), key, key.created_at) == [first]


async def test_a_post_planned_long_ago_is_dated_today(bluesky: Bluesky, sky: Sky) -> None:
    """Readers' feeds are sorted by date: a post planned last week is not last week's, and is still one when retried."""
    key = DeliveryKey(str(uuid4()), datetime.now(UTC) - timedelta(days=7))
    what = Rendition(f"Prévu de longue date {uuid4().hex}")
    first = await bluesky.publish(sky.account(), what, key)
    assert await bluesky.publish(sky.account(), what, key) == first
    (stored,) = [one["value"] for one in await sky.posts_of("alice") if one["value"]["text"] == what.text]
    assert datetime.now(UTC) - datetime.fromisoformat(stored["createdAt"]) < timedelta(minutes=1)


async def test_an_unknown_post_is_found_by_its_key(bluesky: Bluesky, sky: Sky) -> None:
    """Settling looks for the one record that the delivery can have made."""
    what, key = Rendition("Ici ou pas ?"), delivery()
    assert await bluesky.find_post(sky.account(), what, key, key.created_at) == []
    made = await bluesky.publish(sky.account(), what, key)
    assert await bluesky.find_post(sky.account(), what, key, key.created_at) == [made]


async def test_links_mentions_and_tags_are_marked_in_bytes(bluesky: Bluesky, sky: Sky) -> None:
    """Accents and emoji before a mark do not move it; a handle that nobody has stays text."""
    text = "Été 👨‍👩‍👧‍👦 à Évry ! @bob.test et @nobody.test : https://example.org/é#x, #fête. #2026"
    made = await bluesky.publish(sky.account(), Rendition(text), delivery())
    (stored,) = [one for one in await sky.posts_of("alice") if one["uri"] == made.remote_id]
    raw = text.encode()
    marked = {
        raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): facet["features"][0]
        for facet in stored["value"]["facets"]
    }
    assert set(marked) == {"@bob.test", "https://example.org/é#x", "#fête"}
    assert marked["@bob.test"]["did"] == sky.people["bob"]["did"]
    assert marked["#fête"]["tag"] == "fête"


async def test_three_hundred_graphemes_fit_and_one_more_does_not(bluesky: Bluesky, sky: Sky) -> None:
    """Our count and the network's agree on both sides of the limit, in graphemes and in bytes."""
    fits, too_long = "é" * 299 + "👩🏽‍🚒", "é" * 300 + "👩🏽‍🚒"
    too_heavy = "👨‍👩‍👧‍👦" * 130
    assert [bluesky.count(text) for text in (fits, too_long, too_heavy)] == [300, 301, 130]
    assert not bluesky.check(Rendition(fits))
    await bluesky.publish(sky.account(), Rendition(fits), delivery())
    for text in (too_long, too_heavy):
        assert [finding.level for finding in bluesky.check(Rendition(text))] == ["error"]
        with pytest.raises(Refused):
            await bluesky.publish(sky.account(), Rendition(text), delivery())


async def test_a_reply_stands_under_what_it_answers(bluesky: Bluesky, sky: Sky) -> None:
    """A reply names its parent and the thread's first post, and twice the same is one."""
    root = await sky.say("alice", "Des questions ?")
    asked = await sky.say("bob", "Ouvrez-vous dimanche ?", to=root)
    key = delivery()
    made = await bluesky.reply(sky.account(), target(asked, root), "Oui, dès 10 h.", key)
    assert await bluesky.reply(sky.account(), target(asked, root), "Oui, dès 10 h.", key) == made
    assert await bluesky.find_reply(sky.account(), target(asked, root), "", key, key.created_at) == [made]
    (stored,) = [one for one in await sky.posts_of("alice") if one["uri"] == made.remote_id]
    assert stored["value"]["reply"]["parent"]["uri"] == asked
    assert stored["value"]["reply"]["root"]["uri"] == root


async def test_what_is_no_more_cannot_be_answered(bluesky: Bluesky, sky: Sky) -> None:
    """A reply to a deleted post is refused before anything is written."""
    asked = await sky.say("bob", "Je retire ma question")
    await sky.unsay("bob", asked)
    with pytest.raises(Refused, match="no more"):
        await bluesky.reply(sky.account(), target(asked), "Oui ?", delivery())


async def test_images_and_links_are_shown(bluesky: Bluesky, sky: Sky, blog: Blog) -> None:
    """An image goes with its description, a link without one gets a card."""
    image = Media(blog.put_image(POINT), "image/png", "Un point rouge")
    linked = Rendition("Le plan", title="Venir", link="https://example.org/plan")
    for what in (Rendition("Une image", media=[image]), linked):
        made = await bluesky.publish(sky.account(), what, delivery())
        (stored,) = [one for one in await sky.posts_of("alice") if one["uri"] == made.remote_id]
        embed = stored["value"]["embed"]
        if what.media:
            assert embed["images"][0]["alt"] == "Un point rouge"
        else:
            assert embed["external"]["uri"] == "https://example.org/plan"


async def test_only_what_is_ours_can_be_deleted(bluesky: Bluesky, sky: Sky) -> None:
    """Our own post goes, twice is no harm; another's is refused with the reason."""
    made = await bluesky.publish(sky.account(), Rendition("Vite dit"), delivery())
    assert await bluesky.delete(sky.account(), target(made)) == "done"
    assert await bluesky.delete(sky.account(), target(made)) == "gone"
    theirs = await sky.say("bob", "Moi, je reste")
    with pytest.raises(Refused, match="nobody can delete"):
        await bluesky.delete(sky.account(), target(theirs))


async def test_a_wrong_password_is_a_lost_token(bluesky: Bluesky, sky: Sky) -> None:
    """Who we are is told by a good token; a bad one is lost, and is not tried again and again."""
    alice = await bluesky.whoami(sky.account())
    assert (alice.external_id, alice.handle) == (sky.people["alice"]["did"], "alice.test")
    wrong = Account("channel-x", "brand", "", sky.pds, "alice.test:wrong")
    for _ in range(2):
        with pytest.raises(TokenLost):
            await bluesky.whoami(wrong)


async def test_a_session_is_kept_and_renewed(egress: Egress, sky: Sky) -> None:
    """Hours later the session is refreshed, not made anew."""
    hours = [0]
    bluesky = Bluesky(egress, lambda: datetime.now(UTC) + timedelta(hours=hours[0]))
    await bluesky.whoami(sky.account())
    hours[0] = 3
    assert (await bluesky.whoami(sky.account())).handle == "alice.test"


async def test_a_server_that_is_not_on_the_list_is_out_of_reach(sky: Sky) -> None:
    """A private address is refused unless this deployment names it."""
    async with Egress.open(FloorSettings(kafka="unused", mongo="unused")) as closed:
        with pytest.raises(EgressRefused):
            await Bluesky(closed).whoami(sky.account())


def test_keys_survive_what_a_database_rounds() -> None:
    """Microseconds do not count, ids do: a hundred deliveries of one instant have a hundred keys."""
    now = datetime.now(UTC)
    one = DeliveryKey("d-1", now.replace(microsecond=123456))
    assert record.key(one) == record.key(DeliveryKey("d-1", now.replace(microsecond=123000)))
    assert len({record.key(DeliveryKey(f"d-{n}", now)) for n in range(100)}) == 100
