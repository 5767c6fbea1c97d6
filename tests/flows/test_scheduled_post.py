"""The scheduled post appears once on each network, though one commits and then drops the connection."""

from datetime import UTC, datetime, timedelta

from parvis.platform import Platform
from tests.flows.town import found_brand


async def test_a_post_appears_once_on_each_network_though_one_drops_the_line(platform: Platform) -> None:
    """Facebook, LinkedIn and X commit and cut the line: unknown, looked for, adopted; never sent again."""
    brand = await found_brand(platform, "facebook", "linkedin", "mastodon", "x")
    for network in ("facebook", "linkedin", "x"):
        await platform.simulator.fault("drop_after", brand.accounts[network]["id"], operation="post", times=1)
    due = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    text = f"La vareuse revient en bleu d'orage {brand.brand_id}"
    post_id = await brand.plans(text, due_at=due)
    post = await brand.post_in_state(post_id, "published")
    assert {one["network"]: one["state"] for one in post["deliveries"]} == {
        "facebook": "confirmed",
        "linkedin": "confirmed",
        "mastodon": "confirmed",
        "x": "confirmed",
    }
    for network in ("facebook", "linkedin", "mastodon", "x"):
        assert len(await brand.on_the_wall(network, text)) == 1


async def test_the_author_cannot_approve_their_own_post(platform: Platform) -> None:
    """Where the brand asks for a second person, the author's yes is refused in plain words."""
    import httpx
    import pytest

    brand = await found_brand(platform)
    post = await brand.drafts("Bonjour")
    await brand.command(f"posts/{post['post_id']}/submit", {}, "manager")
    with pytest.raises(httpx.HTTPStatusError, match=r"403.*your own post"):
        await brand.command(f"posts/{post['post_id']}/approve", {}, "manager")
