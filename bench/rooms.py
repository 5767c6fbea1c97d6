"""The rooms beside the way to the inbox, each alone with a backlog: insights, campaigns and crm."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from bench.backlog import pour, poured_and_done
from bench.figure import Figure
from parvis.engines.local import Addresses
from parvis.platform import Platform, connect, running
from parvis.services import USUAL_PORTS
from shared.events.event import Event
from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.insights.person_changed import PersonChanged
from shared.events.moderation.case_escalated import CaseEscalated
from shared.events.moderation.interaction_judged import InteractionJudged

BARE = "bare aiokafka consume → produce → commit"
BRANDS = 20
SAID = 20_000
PEOPLE_THERE, AUDIENCES = 10_000, 200
ESCALATED = 2_000


def only(*services: str) -> frozenset[str]:
    """All others: they stay off, so that one service has the machine for itself."""
    return frozenset(USUAL_PORTS) - frozenset(services)


def said(
    brands: int, count: int, agency: str, waiting: float = 1.0
) -> Iterator[tuple[InteractionReceived, InteractionJudged]]:
    """Interactions over the last hours with their verdicts, each from one of a few hundred people; a share of them
    waits for an answer, the others were said before the channel was there."""
    now = datetime.now(UTC)
    for n in range(count):
        brand, own, at = f"{agency}-{n % brands}", str(UUID(int=n)), now - timedelta(seconds=n % 36_000)
        author = {
            "id": f"p{n % 700}",
            "external_id": f"p{n % 700}",
            "name": f"Camille {n % 700}",
            "handle": f"camille{n % 700}",
        }
        text = {"brand_id": brand, "interaction_id": own, "said_at": at, "seen_at": at, "author": author}
        text |= {"backfill": n % 100 >= waiting * 100}
        verdict = {"brand_id": brand, "interaction_id": own, "judged_at": at, "wish": "keep", "outcome": "allow"}
        yield (
            InteractionReceived.model_validate(InteractionReceived.EXAMPLE | text),
            InteractionJudged.model_validate(InteractionJudged.EXAMPLE | verdict),
        )


async def brands_of(platform: Platform, count: int) -> str:
    """A fresh agency with brands numbered from 0; its id, which theirs begin with."""
    agency = f"agency-{uuid4().hex[:8]}"
    await platform.api.agency(agency, name="Banc d'essai")
    for number in range(count):
        facts: dict[str, Any] = {"name": f"Marque {number}", "timezone": "Europe/Paris", "languages": ["fr"]}
        await platform.api.brand(f"{agency}-{number}", agency_id=agency, **facts)
    return agency


async def counts(engines: Addresses, home: Path, shift: int, bare: float) -> list[Figure]:
    """How many facts a second insights counts, a verdict with each text."""
    async with running(engines, home, shift=shift, without=only("console")) as platform:
        agency = await brands_of(platform, BRANDS)
    facts: list[Event] = [fact for pair in said(BRANDS, SAID, agency) for fact in pair]
    async with running(engines, home, shift=shift, without=only("insights")):
        seconds = await poured_and_done(engines.kafka, facts, "insights")
    return [Figure("insights_counts", len(facts) / seconds, "/s", BARE, bare)]


async def audiences(engines: Addresses, home: Path, shift: int, bare: float) -> list[Figure]:
    """How many people a second campaigns weighs against two hundred audiences of one brand."""
    async with running(engines, home, shift=shift, without=only("console", "campaigns")) as platform:
        agency = await brands_of(platform, 1)
        await _plan(platform, agency)
    people: list[Event] = list(_people(f"{agency}-0"))
    async with running(engines, home, shift=shift, without=only("campaigns")):
        seconds = await poured_and_done(engines.kafka, people, "campaigns")
    rate = PEOPLE_THERE / seconds
    weighed = Figure(f"audience_memberships {PEOPLE_THERE:,} people", rate * AUDIENCES, "/s")
    return [Figure(f"audience_updates {PEOPLE_THERE:,} × {AUDIENCES}", rate, "/s", BARE, bare), weighed]


async def deliveries(engines: Addresses, home: Path, shift: int) -> list[Figure]:
    """How many webhooks a second crm delivers to one endpoint, beside bare calls by the same client library."""
    loop = asyncio.get_running_loop()
    async with _listening() as (port, calls):
        allow = [f"127.0.0.1:{port}"]
        async with running(engines, home, shift=shift, without=only("console", "crm"), allow=allow) as platform:
            agency = await brands_of(platform, 1)
            person = await _manager(platform, agency)
            body = {"url": f"http://127.0.0.1:{port}/hook", "events": ["CaseEscalated"]}
            await platform.api.command(f"{agency}-0", "endpoints", body, person=person)
        bare = await _bare_calls(port)
        calls.clear()
        facts: list[Event] = list(_escalated(f"{agency}-0"))
        async with running(engines, home, shift=shift, without=only("crm"), allow=allow), asyncio.timeout(120):
            await pour(engines.kafka, facts)
            while len(calls) < ESCALATED:  # noqa: ASYNC110 - they come from another process
                await asyncio.sleep(0.05)
            seconds = loop.time() - calls[0]
    return [Figure(f"webhook_deliveries {ESCALATED}", ESCALATED / seconds, "/s", "bare httpx calls", bare)]


async def _plan(platform: Platform, agency: str) -> None:
    brand, person = f"{agency}-0", await _manager(platform, agency)
    account = await platform.simulator.account("ads", "Banc d'essai")
    channel = await connect(platform, brand, account)
    today = datetime.now(UTC).date()
    for number in range(AUDIENCES):
        plan = {
            "campaign_id": str(uuid4()),
            "name": f"Public {number}",
            "objective": "conversions",
            "channel_id": channel,
            "first_day": today.isoformat(),
            "last_day": (today + timedelta(days=7)).isoformat(),
            "budget": 100_00,
            "criteria": [f"said >= {number % 20 + 1}", "mood.negative < 0.5"],
            "arms": [{"name": "A", "text": "Bonjour", "link": "https://marque.example", "share": 100}],
        }
        await platform.api.command(brand, "campaigns", plan, person=person)


async def _manager(platform: Platform, agency: str) -> str:
    person = f"manager@{agency}.example"
    facts = {
        "name": "Manager",
        "agency_id": agency,
        "password": uuid4().hex,
        "language": "fr",
        "roles": {"*": "manager"},
    }
    await platform.api.member(person, **facts)
    return person


def _people(brand: str) -> Iterator[PersonChanged]:
    now = datetime.now(UTC)
    for n in range(PEOPLE_THERE):
        facts = {"brand_id": brand, "person_id": str(UUID(int=n)), "said": n % 25, "seq": 1, "last_seen_at": now}
        yield PersonChanged.model_validate(PersonChanged.EXAMPLE | facts)


def _escalated(brand: str) -> Iterator[CaseEscalated]:
    for n in range(ESCALATED):
        facts = {"brand_id": brand, "case_id": str(UUID(int=n)), "interaction_id": str(UUID(int=n)), "seq": 2}
        yield CaseEscalated.model_validate(CaseEscalated.EXAMPLE | facts | {"at": datetime.now(UTC)})


async def _bare_calls(port: int) -> float:
    """Calls a second that one httpx client makes to the same receiver, four at once as crm does."""
    loop = asyncio.get_running_loop()
    began, left = loop.time(), iter(range(ESCALATED))
    async with httpx.AsyncClient(trust_env=False) as client:

        async def some() -> None:
            for n in left:
                await client.post(f"http://127.0.0.1:{port}/hook", content=b"x" * 500, headers={"webhook-id": str(n)})

        await asyncio.gather(*(some() for _ in range(4)))
    return ESCALATED / (loop.time() - began)


@asynccontextmanager
async def _listening() -> AsyncIterator[tuple[int, list[float]]]:
    """A receiver that answers 204 and notes when; its port."""
    calls: list[float] = []
    loop = asyncio.get_running_loop()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
                await reader.readexactly(length)
                calls.append(loop.time())
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], calls
