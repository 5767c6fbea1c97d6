"""The demo's brands, and their accounts on the simulated networks."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from parvis.simulator.records import Account, App
from parvis.simulator.world import World

FIRST_PAGE = 104_200_000_000_001
FIRST_MASTODON = 110_900_000_000_000_001


@dataclass(frozen=True, slots=True)
class DemoBrand:
    """A made-up brand; `languages` as often as they are spoken to it."""

    slug: str
    name: str
    sector: str
    languages: tuple[str, ...]
    time_zone: str

    @property
    def handle(self) -> str:
        return self.slug.replace("-", "")


@cache
def demo_brands() -> tuple[DemoBrand, ...]:
    text = files("parvis.simulator").joinpath("brands.toml").read_text(encoding="utf-8")
    return tuple(DemoBrand(**row | {"languages": tuple(row["languages"])}) for row in tomllib.loads(text)["brand"])


def open_demo(world: World, app_id: str, secret: str, verify_token: str, callback_url: str) -> list[Account]:
    """A Facebook Page and a Mastodon account for each brand; those that exist keep their token."""
    world.add_app(App(app_id, secret, verify_token, callback_url))
    opened = []
    for place, brand in enumerate(demo_brands()):
        for network, account_id in (("facebook", FIRST_PAGE + place), ("mastodon", FIRST_MASTODON + place)):
            account = world.accounts.get(str(account_id)) or Account(
                str(account_id), network, brand.name, brand.handle, f"demo-{network}-{brand.slug}",
                sector=brand.sector, languages=list(brand.languages),
            )  # fmt: skip
            account.app_id = app_id if network == "facebook" else ""
            world.add_account(account)
            opened.append(account)
    return opened
