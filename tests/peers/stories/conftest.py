"""All of Parvis, with a brand that has a channel on each real network and on both simulated ones."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from parvis.engines.local import Addresses
from parvis.platform import Platform, running
from tests import seats
from tests.engines_apart import engines_apart
from tests.flows.conftest import QUICK
from tests.flows.town import Brand, found_brand
from tests.peers.blog import Blog
from tests.peers.sky import Sky
from tests.peers.stories.square import connect, names_of
from tests.peers.wire import Wire, wire_to

ENVIRONMENT = {
    **QUICK,
    "publisher": {**QUICK["publisher"], "PUBLISHER_REQUEST_TIMEOUT": "10"},
    "ingest": {**QUICK["ingest"], "INGEST_WORDPRESS_POLL_SECONDS": "1", "INGEST_BLUESKY_POLL_SECONDS": "1"},
}


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """Their own: no channel of an earlier run is known to them."""
    with engines_apart(tmp_path_factory.mktemp("engines")) as apart:
        yield apart.addresses()


@pytest.fixture(scope="session")
async def lines(blog: Blog, sky: Sky) -> AsyncIterator[Mapping[str, Wire]]:
    """The lines to both networks, which a story can cut."""
    async with AsyncExitStack() as opened:
        urls = {"wordpress": blog.url, "bluesky": sky.pds}
        yield {name: await opened.enter_async_context(wire_to(url)) for name, url in urls.items()}


@pytest.fixture(scope="session")
async def platform(
    engines: Addresses, lines: Mapping[str, Wire], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Platform]:
    """Every service, each in its own process; waits are shortened."""
    home: Path = tmp_path_factory.mktemp("platform")
    allow = [names_of(wire.url) for wire in lines.values()]
    async with running(engines, home, env=ENVIRONMENT, allow=allow, within=120, shift=seats.shift()) as platform:
        yield platform


@pytest.fixture(scope="session")
async def brand(platform: Platform, lines: Mapping[str, Wire], blog: Blog, sky: Sky) -> Brand:
    """A brand whose channels on the real networks are the blog's editor emma, and alice."""
    brand = await found_brand(platform, "facebook", "mastodon")
    for network, account in (("wordpress", blog.account()), ("bluesky", sky.account())):
        brand.channels[network] = await connect(brand, network, replace(account, base_url=lines[network].url))
    return brand
