"""The simulator as a web application: the networks under their own paths, control under `/_sim`, pages at `/`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import time as wall_time

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from parvis.simulator import ads, control, control_load, pages, telling
from parvis.simulator.ad_books import AdBooks
from parvis.simulator.crowd import Crowd
from parvis.simulator.graph import create_graph
from parvis.simulator.instagram import create_instagram
from parvis.simulator.journal import Journal
from parvis.simulator.linkedin import create_linkedin
from parvis.simulator.load import Loads
from parvis.simulator.mastodon import create_mastodon
from parvis.simulator.mastodon_limits import Limits
from parvis.simulator.records import Said
from parvis.simulator.sender import Sender
from parvis.simulator.webhooks import Webhooks
from parvis.simulator.world import World
from parvis.simulator.x import create_x


@dataclass(slots=True)
class Resources:
    """What the application is made of."""

    world: World
    sender: Sender
    webhooks: Webhooks
    limits: Limits
    crowd: Crowd
    loads: Loads
    ads: AdBooks


@asynccontextmanager
async def open_resources(data: Path | None, public_url: str, seed: int = 0) -> AsyncIterator[Resources]:
    """`data`: the folder that keeps everything over a restart; None keeps nothing."""
    journal = Journal(data / "simulator.sqlite" if data else None)
    sender = Sender()
    try:
        world = World(journal, wall_time, seed)
        webhooks = Webhooks(world, sender)

        def announce(verb: str, said: Said) -> None:
            for told in telling.told(world, verb, said, public_url):
                webhooks.change(*told)

        world.announce = announce
        books = AdBooks(journal, wall_time, world.faults)
        yield Resources(world, sender, webhooks, Limits(), Crowd(world, seed), Loads(world, webhooks), books)
    finally:
        await sender.close()
        journal.close()


def create_app(resources: Resources) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(resources.webhooks.run()), asyncio.create_task(resources.crowd.run())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    app = FastAPI(title="Parvis network simulator", lifespan=lifespan, openapi_url="/_sim/openapi.json", docs_url=None)
    app.state.resources = resources
    app.mount("/facebook", create_graph(resources.world, resources.sender))
    app.mount("/instagram", create_instagram(resources.world, resources.sender))
    app.mount("/linkedin", create_linkedin(resources.world))
    app.mount("/mastodon", create_mastodon(resources.world, resources.limits))
    app.mount("/x", create_x(resources.world))
    app.mount("/ads", ads.create_ads(resources.world, resources.ads))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.add_api_route("/readyz", control.health)  # as the services are asked
    app.include_router(control.router, prefix="/_sim")
    app.include_router(control_load.router, prefix="/_sim")
    app.include_router(ads.router, prefix="/_sim")
    app.include_router(pages.router)
    return app
