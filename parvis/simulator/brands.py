"""The demo's brands, and their accounts on the simulated networks."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from parvis.simulator.records import Account, App
from parvis.simulator.world import World

USUAL = ("facebook", "mastodon")
FIRST = {
    "facebook": 104_200_000_000_001,
    "instagram": 17_841_400_000_000_001,
    "linkedin": 70_800_001,
    "mastodon": 110_900_000_000_000_001,
    "x": 1_840_000_000_000_000_001,
}


@dataclass(frozen=True, slots=True)
class DemoBrand:
    """A made-up brand; `languages` as often as they are spoken to it, `also` where it is beside the usual networks."""

    slug: str
    name: str
    sector: str
    languages: tuple[str, ...]
    time_zone: str
    also: tuple[str, ...] = ()

    @property
    def handle(self) -> str:
        return self.slug.replace("-", "")


@cache
def demo_brands() -> tuple[DemoBrand, ...]:
    text = files("parvis.simulator").joinpath("brands.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["brand"]
    return tuple(DemoBrand(**row | {name: tuple(row.get(name, ())) for name in ("languages", "also")}) for row in rows)


def open_demo(world: World, apps: Mapping[str, App]) -> list[Account]:
    """Accounts for each brand, on the usual networks and others; those that exist keep their token.

    `apps` are told of the accounts of the network that names them.
    """
    for app in apps.values():
        world.add_app(app)
    opened = []
    for place, brand in enumerate(demo_brands()):
        for network in (*USUAL, *brand.also):
            account = world.accounts.get(str(FIRST[network] + place)) or Account(
                str(FIRST[network] + place), network, brand.name, brand.handle, f"demo-{network}-{brand.slug}",
                sector=brand.sector, languages=list(brand.languages),
            )  # fmt: skip
            account.app_id = apps[network].id if network in apps else ""
            world.add_account(account)
            opened.append(account)
    return opened
