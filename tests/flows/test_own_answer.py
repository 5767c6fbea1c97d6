"""The brand's own answer on the network counts as answered."""

import pytest

from parvis.platform import Platform
from shared.events.ids import interaction_id
from tests.flows.town import eventually, found_brand


@pytest.mark.parametrize("network", ["facebook", "instagram", "linkedin", "mastodon", "x"])
async def test_what_the_brand_answered_over_there_is_answered_here(platform: Platform, network: str) -> None:
    """Somebody answers in the network's own app: the question is done, and the answer is nobody's to answer."""
    brand = await found_brand(platform, network)
    said = await brand.hears("Bonjour, à quelle heure ouvrez-vous samedi ?", "Oumar T.", network)
    await said.until(lambda item: item["verdict"] and item["state"] == "to_answer", "to be answered")
    account, own = brand.accounts[network], "Bonjour Oumar, de 9 h à 18 h samedi."
    answer = await platform.simulator.comment(account, own, author="brand", parent=said.external_id)
    item = await said.until(lambda item: item["answered_at"], "answered in the inbox")
    assert (item["state"], item["replies"]) == ("done", [])

    async def look() -> bool:
        ours = interaction_id(network, brand.channels[network], answer["id"])
        shown = await platform.api.interaction(brand.brand_id, ours)
        return bool(shown and shown["author_is_brand"] and shown["verdict"] and shown["state"] == "brand")

    await eventually(look, "the answer known as the brand's own")
    assert (await platform.api.inbox(brand.brand_id, state="to_answer")) == []
