"""A held brand stays silent while an insult to it is still hidden; released, what is on time leaves."""

from typing import Any

from parvis.platform import Platform
from tests.flows.town import Brand, eventually, found_brand, never

INSULT = "Vous êtes une bande de connards, bande d'abrutis finis"
ANSWER = "Bonjour, nous cherchons votre colis."


async def test_a_held_brand_stays_silent_while_an_insult_is_still_hidden(platform: Platform) -> None:
    """Neither reply nor post leaves, moderation goes on, each service has confirmed; then it opens step by step."""
    brand = await found_brand(platform)
    asked = await brand.hears("Où est mon colis ?")
    await asked.judged()
    held = await brand.command("hold", {"why": "les colis de Lorient"})
    assert held["shut"] == ["replies", "posts", "spend"]
    assert {name: one["confirmed"] for name, one in held["services"].items()} == {"publisher": True, "campaigns": True}

    await brand.command("replies", {"interaction_id": asked.interaction_id, "text": ANSWER, "reply_id": "r1"})
    text = f"La vareuse revient {brand.brand_id}"
    await brand.plans(text)
    insult = await brand.hears(INSULT, "Gaz Porter")
    await insult.until_hidden()
    await never(lambda: spoken(brand, ANSWER, text), "said although it is held", during=1.5)

    async def counted() -> bool:
        waiting = (await state(brand))["services"]["publisher"]["waiting"]
        return bool(waiting == {"replies": 1, "posts": 1})

    await eventually(counted, "what waits is counted")
    await release(brand, "replies")
    await eventually(lambda: spoken(brand, ANSWER), "the answer")
    assert not await spoken(brand, text)
    await release(brand, "posts")
    await eventually(lambda: spoken(brand, text), "the post")
    assert (await release(brand, "spend"))["shut"] == []


async def spoken(brand: Brand, *texts: str) -> bool:
    """Whether any of these stands on the network."""
    return any([await brand.on_the_wall("facebook", text) for text in texts])


async def state(brand: Brand) -> dict[str, Any]:
    """What is shut, and who has confirmed it."""
    return await brand.platform.api.call("GET", f"/brands/{brand.brand_id}/hold")


async def release(brand: Brand, step: str) -> dict[str, Any]:
    """A manager releases a step of the one hold."""
    (one,) = (await state(brand))["holds"]
    return await brand.command("hold/release", {"hold_id": one["hold_id"], "step": step}, "manager")
