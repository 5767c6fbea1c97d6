"""The story from its beginning to its end, and whether all of it came true."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import httpx

from parvis.demo import scenes
from parvis.demo.neighbours import Neighbours
from parvis.demo.patience import Missing, eventually
from parvis.demo.report import Outcome
from parvis.demo.scenes import Stage
from parvis.demo.script import REAL, Said, script
from parvis.demo.seed import House
from parvis.demo.steps import Steps, Tell
from parvis.demo.tally import WORDS, Sums, differences, seen_by_networks, since
from parvis.platform import Platform

Scene = Callable[[Stage, Tell], Awaitable[None]]


async def play(
    platform: Platform, houses: Sequence[House], steps: Steps, seed: int, neighbours: Neighbours | None = None
) -> Outcome:
    """Each scene is played though one before it failed, as far as it can be: `missing` tells all that did."""
    began, missing = steps.seconds, list[str]()
    before = await platform.api.summary()
    start = max((line["seq"] for line in await platform.simulator.ledger()), default=0)
    stage = Stage(platform, {house.brand_id: house for house in houses}, uuid4().hex[:8], neighbours)
    real = {house.brand_id: network for house in houses for network in REAL if network in house.channels}
    said = script([house.brand for house in houses], seed, real)
    for title, scene in _scenes(said):
        with steps.step(title) as tell:
            missing += await _played(scene, stage, tell)
    with steps.step("console and the networks agree"):
        missing += await _audit(stage, before, start)
    counted = since(before, await platform.api.summary())
    names = {house.brand_id: house.brand.name for house in houses}
    return Outcome(seed, steps.seconds - began, names, {brand: counted[brand] for brand in names}, missing)


def _scenes(said: Sequence[Said]) -> list[tuple[str, Scene]]:
    async def talk(stage: Stage, tell: Tell) -> None:
        await scenes.talk(stage, said, tell)

    return [
        ("posts go out on both networks, once", scenes.publish),
        ("people talk", talk),
        ("what they say is judged", scenes.judge),
        ("insults are hidden", scenes.hide),
        ("questions are answered", scenes.answer),
        ("cases are decided", scenes.decide),
        ("people think again", scenes.think_again),
    ]


async def _played(scene: Scene, stage: Stage, tell: Tell) -> list[str]:
    try:
        await scene(stage, tell)
    except (Missing, httpx.HTTPError) as trouble:
        tell("not all of it")
        return [str(trouble)]
    except (KeyError, StopIteration, RuntimeError) as trouble:
        tell("left out")
        return [f"{scene.__name__}: could not be played ({trouble!r})"]
    return []


async def _audit(stage: Stage, before: dict[str, object], start: int) -> list[str]:
    """Whether both sides count the same, once what is under way has come through."""
    found: list[str] = []

    async def agree() -> bool:
        found[:] = await _compare(stage, before, start)
        return not found

    try:
        await eventually(agree, "agreement", within=30)
    except Missing:
        return found
    return []


async def _compare(stage: Stage, before: dict[str, object], start: int) -> list[str]:
    counted = since(before, await stage.platform.api.summary())
    ours: dict[str, Sums] = {brand: counted.get(brand, dict.fromkeys(WORDS, 0)) for brand in stage.houses}
    ledger = await stage.platform.simulator.ledger(after=start) + stage.elsewhere
    found = differences(ours, seen_by_networks(ledger, stage.houses.values()))
    for word in ("failed", "unsettled"):
        found += [f"{brand}: {row[word]} {word}" for brand, row in ours.items() if row[word]]
    return found + [f"{brand}: nothing was held for a person" for brand, row in ours.items() if not row[WORDS[4]]]
