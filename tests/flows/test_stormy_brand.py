"""A stormy brand does not delay another."""

import asyncio
import time

from parvis.platform import Platform
from tests.flows.town import Brand, found_brand

AT_ONCE = 2.0
OVERTAKEN = 300
TURNS, MISSED = 8, 2  # whoever is not let pass misses every turn; a machine that stood still meanwhile, one


async def test_a_quiet_brand_passes_another_ones_storm(platform: Platform) -> None:
    """Five thousand comments on one page: the neighbour's are judged at once, or before the storm's older ones.

    How fast "at once" is depends on the machine; that the storm waits and the neighbour does not, does not. Before the
    storm has so much as that many to overtake, there is nothing to see.
    """
    stormy, quiet = await asyncio.gather(found_brand(platform), found_brand(platform))
    load = await platform.simulator.load([stormy.accounts["facebook"]["id"]], 5000, per_call=20, rate=1000)
    late = []
    for n in range(TURNS):
        sent = (await platform.simulator.load_state(load["id"]))["sent"]
        began = time.monotonic()
        said = await quiet.hears(f"Petite question numéro {n}, avez-vous du stock ?")
        await said.judged()
        waited, still_waiting = time.monotonic() - began, sent - await judged(stormy)
        if sent > OVERTAKEN and waited >= AT_ONCE and still_waiting <= OVERTAKEN:
            late.append((n, waited, still_waiting))
        await asyncio.sleep(0.3)
    assert sent > 1000, "there was no storm"
    assert len(late) <= MISSED, late


async def judged(brand: Brand) -> int:
    """How many of the brand's interactions have their verdict in the inbox."""
    return int((await brand.platform.api.summary())["brands"][brand.brand_id]["judged"])
