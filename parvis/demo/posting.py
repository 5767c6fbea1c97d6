"""Posts through console's API, as two managers make them: one writes, the other approves."""

import asyncio
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from parvis.demo.people import APPROVER, AUTHOR
from parvis.demo.plans import Plan
from parvis.demo.seed import House
from parvis.platform import Platform

AT_ONCE = 4
TITLE = 60
NEEDS_PICTURE = frozenset({"instagram"})
STEPS: Mapping[str, Sequence[str]] = {
    "draft": (),
    "waiting": ("submit",),
    "scheduled": ("submit", "approve", "schedule"),
}


async def put_plans(platform: Platform, houses: Iterable[House], plans: Iterable[Plan]) -> int:
    """Those that are not there yet; how many."""
    by_id = {house.brand_id: house for house in houses}
    few = asyncio.Semaphore(AT_ONCE)

    async def put(plan: Plan) -> int:
        async with few:
            if await platform.api.post(plan.brand_id, plan.post_id) is not None:
                return 0
            await write(platform, by_id[plan.brand_id], plan)
            return 1

    return sum(await asyncio.gather(*(put(plan) for plan in plans)))


def title_of(text: str) -> str:
    """Its first sentence, or as much of it as a title holds."""
    return textwrap.shorten(re.split(r"(?<=[.!?:]) ", text)[0], TITLE, placeholder=" …")


async def write(platform: Platform, house: House, plan: Plan) -> None:
    """One post on every channel of its brand that takes words alone, brought as far as the plan says."""
    title = title_of(plan.text)
    renditions = [
        {"channel_id": channel, "network": network, "text": plan.text}
        | ({"title": title} if network == "wordpress" else {})
        for network, channel in house.channels.items()
        if network not in NEEDS_PICTURE
    ]
    draft = {"post_id": plan.post_id, "title": title, "renditions": renditions}
    await _command(platform, plan, "posts", draft)
    for step in STEPS[plan.until]:
        await _command(platform, plan, f"posts/{plan.post_id}/{step}", _body(step, plan.due_at))


def _body(step: str, due_at: datetime) -> dict[str, str]:
    """What was to go out soon is due at once where a slow machine has come to it late."""
    return {"due_at": max(due_at, datetime.now(UTC)).isoformat()} if step == "schedule" else {}


async def _command(platform: Platform, plan: Plan, path: str, body: Mapping[str, object]) -> None:
    person = APPROVER if path.endswith("/approve") else AUTHOR
    await platform.api.command(plan.brand_id, path, body, person=person.login, key=f"{plan.post_id}:{path}")
