"""The demo's agency in console's directory: brands, channels, members. The same again changes nothing but tokens."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parvis.demo.people import AGENCY, AGENCY_NAME, EVERY, PEOPLE, Person
from parvis.platform import APPS, Platform, callback, connect
from parvis.simulator.brands import DemoBrand, demo_brands


@dataclass(frozen=True, slots=True)
class House:
    """A brand of the demo: its accounts on the simulated networks and its channels, both by network."""

    brand: DemoBrand
    accounts: dict[str, Mapping[str, Any]]
    channels: dict[str, str] = field(default_factory=dict)

    @property
    def brand_id(self) -> str:
        """The slug: the demo's brands have speaking ids."""
        return self.brand.slug


async def settle_in(platform: Platform, passwords: Mapping[str, str]) -> list[House]:
    """Agency, then brands, then channels and members."""
    held = platform.held
    callbacks = {network: callback(platform.urls, network) for network in APPS}
    accounts = await platform.simulator.demo(held.app_secret, held.verify_token, callbacks)
    by_name: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for account in accounts:
        by_name[account["name"]][account["network"]] = account
    houses = [House(brand, by_name[brand.name]) for brand in demo_brands()]
    await platform.api.agency(AGENCY, name=AGENCY_NAME)
    for house in houses:  # one after the other: console gives each the next colour
        await _found(platform, house.brand)
    await asyncio.gather(
        *(_connect(platform, house) for house in houses),
        *(_admit(platform, person, passwords[person.login]) for person in PEOPLE),
    )
    return houses


async def _found(platform: Platform, brand: DemoBrand) -> None:
    await platform.api.brand(
        brand.slug,
        agency_id=AGENCY,
        name=brand.name,
        timezone=brand.time_zone,
        languages=list(dict.fromkeys(brand.languages)),
        approval="one",
    )


async def _connect(platform: Platform, house: House) -> None:
    for network, account in house.accounts.items():
        house.channels[network] = await connect(platform, house.brand_id, account)


async def _admit(platform: Platform, person: Person, password: str) -> None:
    roles = dict.fromkeys(person.brands or (EVERY,), person.role)
    await platform.api.member(
        person.login,
        agency_id=AGENCY,
        name=person.name,
        password=password,
        language=person.language,
        roles=roles,
        operator=person.operator,
    )
