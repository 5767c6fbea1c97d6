"""What is said in the story is the same each time, and has every part that the story needs."""

from collections import Counter

from parvis.demo.script import NETWORKS, script
from parvis.simulator.brands import demo_brands


def test_the_same_seed_tells_the_same_story_and_another_one_another() -> None:
    """To the letter, and in the same order."""
    assert script(demo_brands(), 1) == script(demo_brands(), 1)
    assert script(demo_brands(), 1) != script(demo_brands(), 2)


def test_about_two_hundred_things_are_said_to_twelve_brands_on_both_networks() -> None:
    """Seventeen a brand."""
    said = script(demo_brands(), 1)
    assert len(said) == 204
    assert set(Counter(one.brand_id for one in said).values()) == {17}
    assert all({one.network for one in said if one.brand_id == brand.slug} == set(NETWORKS) for brand in demo_brands())


def test_every_brand_is_asked_and_insulted_and_two_see_somebody_think_again() -> None:
    """Insults stand where a brand can hide them."""
    said = script(demo_brands(), 1)
    parts = Counter(one.part for one in said)
    assert parts["question"] == 24
    assert parts["mended"] == parts["regretted"] == 1
    assert {one.brand_id for one in said if one.part == "insult"} == {brand.slug for brand in demo_brands()}
    assert {one.network for one in said if one.part == "insult"} == {"facebook"}


def test_the_real_networks_are_asked_one_question_each() -> None:
    """Where they are part of it; the rest of the story stays as it is."""
    with_them = script(demo_brands(), 1, {"kerlann": "wordpress", "velonaute": "bluesky"})
    added = Counter(with_them) - Counter(script(demo_brands(), 1))
    assert sorted((one.network, one.part) for one in added) == [("bluesky", "question"), ("wordpress", "question")]
