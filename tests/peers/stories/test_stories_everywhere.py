"""One post for all of a brand's networks, real and simulated."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.flows.town import Brand
from tests.peers.blog import Blog
from tests.peers.sky import Sky

NETWORKS = ("bluesky", "facebook", "mastodon", "wordpress")


async def test_a_post_appears_once_on_each_of_four_networks(brand: Brand, blog: Blog, sky: Sky) -> None:
    """Scheduled once for all: each network has it once, in the language that its author named."""
    title, text = f"La vareuse {uuid4().hex[:6]}", f"Elle revient en bleu d'orage {uuid4().hex[:6]}"
    same = {"text": text, "title": title, "language": "fr"}
    renditions = [{"channel_id": brand.channels[one], "network": one, **same} for one in NETWORKS]
    post = await brand.command("posts", {"title": title, "renditions": renditions}, "manager")
    await brand.command(f"posts/{post['post_id']}/submit", {}, "manager")
    await brand.command(f"posts/{post['post_id']}/approve", {}, "second manager")
    due = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    await brand.command(f"posts/{post['post_id']}/schedule", {"due_at": due}, "manager")
    shown = await brand.post_in_state(post["post_id"], "published", within=40)
    assert {one["network"]: one["state"] for one in shown["deliveries"]} == dict.fromkeys(NETWORKS, "confirmed")
    (on_the_blog,) = blog.posts_named(title)
    assert text in on_the_blog["content"]["raw"]
    (record,) = [one["value"] for one in await sky.posts_of("alice") if text in one["value"]["text"]]
    assert record["langs"] == ["fr"]
    (status,) = await brand.on_the_wall("mastodon", text)
    assert status["language"] == "fr"
    assert len(await brand.on_the_wall("facebook", text)) == 1
