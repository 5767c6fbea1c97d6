"""Crm as processes of its own: killed in the middle of a delivery, and two replicas side by side."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from shared.auth import sign_command
from shared.bus.envelope import Outgoing
from shared.bus.producer import Producer
from shared.events.moderation.case_escalated import CaseEscalated
from shared.keys import create, load
from shared.mongo.client import Mongo
from tests import seats
from tests.services.crm.receiver import Receiver

ROOT = Path(__file__).parents[3]


class Replicas:
    """Processes of one crm: a database and a group of their own."""

    def __init__(self, kafka: str, mongo: str, keys: Path, receiver: Receiver) -> None:
        self.words = {
            "PARVIS_KAFKA": kafka,
            "PARVIS_MONGO": mongo,
            "PARVIS_KEYS_DIR": str(keys),
            "PARVIS_DATABASE_PREFIX": f"t{uuid4().hex[:8]}_",
            "PARVIS_GROUP_PREFIX": f"t{uuid4().hex[:8]}-",
            "PARVIS_EGRESS_ALLOW": f"127.0.0.1:{receiver.port}",
            "CRM_RETRIES": "0,0.2,0.2,0.2",
        }
        self.keys = keys
        self.ports: dict[str, int] = {}
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    async def start(self, instance: str) -> None:
        """Until it is ready."""
        self.ports[instance] = seats.port()
        own = {"PARVIS_PORT": str(self.ports[instance]), "PARVIS_INSTANCE": instance}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "PARVIS_"))}
        self.processes[instance] = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.crm.app"),
            cwd=ROOT,
            env=inherited | self.words | own,
            stdout=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(120), httpx.AsyncClient() as http:
            while True:
                try:
                    if (await http.get(f"{self.url(instance)}/readyz")).is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)

    def url(self, instance: str) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.ports[instance]}"

    async def kill(self, instance: str) -> None:
        """`kill -9`."""
        process = self.processes.pop(instance)
        process.kill()
        await process.wait()

    async def register(self, instance: str, brand_id: str, url: str) -> str:
        """An endpoint for escalated cases; its id."""
        private = load(self.keys).commands_private
        assert private is not None
        token = sign_command(private, audience="crm", brand_id=brand_id, person="ines", right="endpoints")
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        async with httpx.AsyncClient(timeout=30) as http:
            address = f"{self.url(instance)}/brands/{brand_id}/endpoints"
            answer = await http.post(address, json={"url": url, "events": ["CaseEscalated"]}, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["endpoint_id"])


@asynccontextmanager
async def replicas(kafka: str, mongo: str, keys: Path, receiver: Receiver) -> AsyncIterator[Replicas]:
    """None runs at first; all have ended at last."""
    create(keys)
    crm = Replicas(kafka, mongo, keys, receiver)
    try:
        yield crm
    finally:
        for instance in list(crm.processes):
            await crm.kill(instance)
        async with Mongo.open(mongo) as client:
            await client.database(f"{crm.words['PARVIS_DATABASE_PREFIX']}crm").drop()


async def escalates(kafka: str, brand_id: str, count: int) -> set[str]:
    """So many cases are escalated; the ids of the facts."""
    facts = [
        CaseEscalated.example().model_copy(update={"brand_id": brand_id, "case_id": f"{brand_id}-{number}"})
        for number in range(count)
    ]
    async with Producer.open(kafka, source="/moderation") as producer:
        await producer.send([Outgoing.first(fact, now=datetime.now(UTC)) for fact in facts])
    return {fact.event_id() for fact in facts}


async def test_killed_while_it_delivers_it_tells_the_same_id_again(
    kafka: str, mongo_uri: str, tmp_path: Path, receiver: Receiver, brand_id: str
) -> None:
    """The receiver has the message, nobody knows: the next process of that name tells it again at once."""
    receiver.plans["/hook"] = ["hang"]
    async with replicas(kafka, mongo_uri, tmp_path, receiver) as crm:
        await crm.start("0")
        await crm.register("0", brand_id, receiver.url())
        (fact,) = await escalates(kafka, brand_id, 1)
        await receiver.until(1)
        await crm.kill("0")
        await crm.start("0")
        assert await receiver.until(2) == [fact, fact]
        await asyncio.sleep(1)
        assert len(receiver.ids()) == 2


@pytest.mark.timeout(200)
async def test_two_replicas_tell_each_fact_once(
    kafka: str, mongo_uri: str, tmp_path: Path, receiver: Receiver, brand_id: str
) -> None:
    """Both read and both send; where nothing fails nothing comes twice."""
    async with replicas(kafka, mongo_uri, tmp_path, receiver) as crm:
        await asyncio.gather(crm.start("0"), crm.start("1"))
        await crm.register("1", brand_id, receiver.url())
        facts = await escalates(kafka, brand_id, 60)
        await receiver.until(60, within=60)
        await asyncio.sleep(1)
        assert len(receiver.ids()) == 60
        assert set(receiver.ids()) == facts
