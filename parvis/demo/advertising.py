"""The demo's campaign: one brand's ad account on the simulated ad network, and a week's budget that is being spent."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from parvis.demo.people import AUTHOR
from parvis.demo.seed import House
from parvis.platform import Platform, connect

ADS = "Parvis Ads"
WEEK = 7
BUDGET = 2400_00  # cents
CENTS_PER_SECOND = 0.4  # a little more than the budget's equal share of the week
TRIES, PAUSE = 40, 1.0
ARMS = (
    {
        "name": "A",
        "text": "La vareuse revient, en bleu d'orage.",
        "link": "https://kerlann.example/vareuse",
        "share": 50,
    },
    {"name": "B", "text": "Cousue ici, portée partout.", "link": "https://kerlann.example/vareuse", "share": 50},
)


def campaign(house: House, channel_id: str, now: datetime) -> dict[str, Any]:
    """This week's plan: the same week, the same campaign."""
    today = now.astimezone(ZoneInfo(house.brand.time_zone)).date()
    monday = today - timedelta(days=today.weekday())
    return {
        "campaign_id": f"demo-{house.brand_id}-{monday.isoformat()}",
        "name": "La vareuse revient",
        "objective": "conversions",
        "channel_id": channel_id,
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=WEEK - 1)).isoformat(),
        "budget": BUDGET,
        "criteria": ["said >= 1", "mood.negative < 0.5"],
        "arms": list(ARMS),
    }


async def advertise(platform: Platform, houses: Sequence[House], now: datetime) -> None:
    """An ad account and a running campaign for the first brand; those that are there are left alone."""
    house, city = houses[0], platform.simulator
    name, own = f"{house.brand.name} {ADS}", f"demo-ads-{house.brand_id}"
    account = await city.account("ads", name, id=own, token=own, sector=house.brand.sector)
    await city.ad_pace(cents_per_second=CENTS_PER_SECOND)
    plan = campaign(house, await connect(platform, house.brand_id, account), now)
    one = f"campaigns/{plan['campaign_id']}"
    if await _asked(platform, house, "campaigns", plan) is not None:
        await _asked(platform, house, f"{one}/start", {})


async def _asked(platform: Platform, house: House, path: str, body: Any) -> dict[str, Any] | None:
    """A manager's command; asked again while the ad account is not known yet, or the audience not counted."""
    for _ in range(TRIES):
        try:
            return await platform.api.command(
                house.brand_id, path, body, person=AUTHOR.login, key=f"{house.brand_id}:{path}:{body.get('first_day')}"
            )
        except httpx.HTTPStatusError as refused:
            counting = "being counted" in str(refused)
            if refused.response.status_code != httpx.codes.NOT_FOUND and not counting:
                return None
        await asyncio.sleep(PAUSE)
    return None
