"""From a person's word to silence: a hold is written with its event, and told at once to whoever sends."""

from collections.abc import Sequence

from services.console.domain.holds import Change, Scope, held, new_hold, released
from services.console.resources import Resources
from shared.events.ids import derive
from shared.mongo.operations import Document

SEVERAL_CALLS = 5


async def hold(
    console: Resources, person: str, brand_ids: Sequence[str], scope: Scope, why: str, *, moderation: bool, key: str
) -> str:
    """Hold these brands; the hold's id, the same on each. The same `key` again is the same hold."""
    hold_id, now = derive("hold", person, key), console.floor.clock()
    made = new_hold(hold_id, scope, person, why, now, moderation=moderation)

    def step(row: Document) -> Change | None:
        return held(row["holds"], row["past"], made)

    await console.holds.change(brand_ids, step, now, console.floor.new_id)
    await _tell(console)
    return hold_id


async def release(console: Resources, person: str, brand_id: str, hold_id: str, step: str, why: str) -> None:
    """Release one step of a hold for one brand; raises `NotHeld` or `NotYet`."""
    second = await console.directory.second_for_spend(brand_id)

    def work(row: Document) -> Change | None:
        return released(row["holds"], hold_id, step, person, why, second=second)

    await console.holds.change([brand_id], work, console.floor.clock(), console.floor.new_id)
    await _tell(console)


async def _tell(console: Resources) -> None:
    """At once, for as many brands as it concerns; whoever does not answer is told again by the clock."""
    for _ in range(SEVERAL_CALLS):
        if not await console.teller.tell_due():
            return
