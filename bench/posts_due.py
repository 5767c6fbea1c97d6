"""A hundred posts that are due at the same moment: how long until the last stands on its network, and is known to."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bench.figure import Figure
from parvis.platform import APP_ID, Platform, connect
from shared.mongo.client import Mongo

POSTS = 100
BRANDS = 25
SEEDING_AT_ONCE = 8
LEAD = timedelta(seconds=20)  # enough to plan all of them before the first is due
PATIENCE = 60.0
LIMIT = 2.0


@dataclass(frozen=True, slots=True)
class Page:
    """A brand's Facebook Page."""

    brand: str
    channel: str
    account: str


async def posts_due(platform: Platform, mongo_uri: str) -> list[Figure]:
    """Seconds from the common due time until the network had the last, by its own ledger, and until the last
    confirmation, by the database's clock."""
    person, pages = await _pages(platform)
    due = datetime.now(UTC) + LEAD
    limit = asyncio.Semaphore(SEEDING_AT_ONCE)

    async def plan(number: int) -> None:
        async with limit:
            await _schedule(platform, person, pages[number % BRANDS], number, due)

    await asyncio.gather(*(plan(number) for number in range(POSTS)))
    if datetime.now(UTC) >= due:
        raise TimeoutError(f"{POSTS} posts were not planned within {LEAD.total_seconds():g} s")
    async with Mongo.open(mongo_uri) as mongo:
        rows = await _all_out(mongo, [page.brand for page in pages])
    ledgers = [await platform.simulator.ledger(account=page.account) for page in pages]
    stood = [line["at"] for ledger in ledgers for line in ledger if line.get("via") == "api"]
    if len(stood) != POSTS:
        raise ValueError(f"{len(stood)} posts stand on the network, not {POSTS}")
    confirmed: datetime = max(row["updated_at"] for row in rows)
    return [
        Figure(f"posts_due_at_once {POSTS}", max(stood) - due.timestamp(), "s", "limit", LIMIT),
        Figure(f"posts_due_at_once {POSTS}, confirmed", (confirmed - due).total_seconds(), "s"),
    ]


async def _pages(platform: Platform) -> tuple[str, list[Page]]:
    """A manager, and the brands of a fresh agency with their Pages."""
    agency = f"agency-{uuid4().hex[:8]}"
    await platform.api.agency(agency, name="Banc d'essai")
    found = []
    for number in range(BRANDS):
        brand = f"{agency}-{number}"
        facts: dict[str, Any] = {"name": f"Marque {number}", "timezone": "Europe/Paris", "languages": ["fr"]}
        await platform.api.brand(brand, agency_id=agency, approval="none", **facts)
        account = await platform.simulator.account("facebook", f"Marque {number}", app_id=APP_ID)
        found.append(Page(brand, await connect(platform, brand, account), account["id"]))
    person = f"manager@{agency}.example"
    roles = {page.brand: "manager" for page in found}
    facts = {"name": "Manager", "agency_id": agency, "password": uuid4().hex, "language": "fr", "roles": roles}
    await platform.api.member(person, **facts)
    return person, found


async def _schedule(platform: Platform, person: str, page: Page, number: int, due: datetime) -> None:
    post_id, text = str(uuid4()), f"Nouvelle du jour n° {number}."
    renditions = [{"channel_id": page.channel, "network": "facebook", "text": text}]
    for path, body in (
        ("posts", {"post_id": post_id, "title": text, "renditions": renditions}),
        (f"posts/{post_id}/submit", {}),
        (f"posts/{post_id}/schedule", {"due_at": due.isoformat()}),
    ):
        await platform.api.command(page.brand, path, body, person=person)


async def _all_out(mongo: Mongo, brands: list[str]) -> list[dict[str, Any]]:
    deliveries = mongo.database("parvis_publisher").brand("deliveries")
    async with asyncio.timeout(LEAD.total_seconds() + PATIENCE):
        while True:
            rows = await deliveries.find({"brand_id": {"$in": brands}, "state": "confirmed"})
            if len(rows) == POSTS:
                return rows
            await asyncio.sleep(0.2)
