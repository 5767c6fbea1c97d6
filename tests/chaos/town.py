"""The brands that the storm comes over, with their accounts and people."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from parvis.platform import APP_ID, Platform, connect
from shared.events.ids import interaction_id

NETWORKS = ("facebook", "mastodon")
ROLES = ("moderator", "manager")
AT_ONCE = 6
UNLIMITED = {"rate_burst": 1_000_000, "rate_per_second": 1_000_000.0}


@dataclass(frozen=True, slots=True)
class Brand:
    """`accounts` and `channels` by network, `people` of its agency by role."""

    brand_id: str
    accounts: dict[str, dict[str, Any]]
    channels: dict[str, str]
    people: dict[str, str]

    def known_as(self, network: str, external_id: str) -> str:
        """Our id of what this brand's account on `network` calls `external_id`."""
        return interaction_id(network, self.channels[network], external_id)


async def found(platform: Platform, how_many: int, tell: str) -> list[Brand]:
    """Brands of one fresh agency, each with a Facebook Page and a Mastodon account; two people work for all of them.
    Their CRM listens at `tell` for what was published."""
    agency = f"agency-{uuid4().hex[:8]}"
    await platform.api.agency(agency, name="Agence des Tempêtes")
    free = asyncio.Semaphore(AT_ONCE)
    people = {role: f"{role}-{agency}@example.test" for role in ROLES}

    async def one(number: int) -> Brand:
        async with free:
            return await _brand(platform, agency, f"{agency}-{number}", people)

    brands = list(await asyncio.gather(*map(one, range(how_many))))
    for role, login in people.items():
        rights = {brand.brand_id: role for brand in brands}
        facts = {"name": role, "agency_id": agency, "language": "fr", "roles": rights}
        await platform.api.member(login, password=uuid4().hex, **facts)
    body = {"url": tell, "events": ["PostPublished"]}
    for brand in brands:
        await platform.api.command(brand.brand_id, "endpoints", body, person=people["manager"])
    return brands


async def _brand(platform: Platform, agency: str, brand_id: str, people: dict[str, str]) -> Brand:
    about: dict[str, Any] = {"timezone": "Europe/Paris", "languages": ["fr", "en"], "approval": "none", **UNLIMITED}
    await platform.api.brand(brand_id, agency_id=agency, name=brand_id, **about)
    accounts = {}
    for network in NETWORKS:
        more = {"app_id": APP_ID} if network == "facebook" else {}
        accounts[network] = await platform.simulator.account(network, brand_id, languages=["fr", "en"], **more)
    channels = {name: await connect(platform, brand_id, account) for name, account in accounts.items()}
    return Brand(brand_id, accounts, channels, people)


def pages(brands: Sequence[Brand]) -> list[str]:
    """The brands' Facebook Pages."""
    return [brand.accounts["facebook"]["id"] for brand in brands]
