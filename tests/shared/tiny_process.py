"""The tiny service as a process of its own, with groups, database and keys that no other test uses."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from shared import keys
from shared.auth import sign_command
from shared.errors import ParvisError
from shared.mongo.client import Mongo
from shared.settings import FloorSettings
from tests import seats

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds: for a whole start of Python, or a whole end, on a busy machine


@dataclass
class TinyProcess:
    """A process, its address, and what it said."""

    process: asyncio.subprocess.Process
    http: httpx.AsyncClient
    settings: FloorSettings
    output: asyncio.Task[bytes]

    def token(self, brand_id: str, key: str) -> dict[str, str]:
        """The headers of a command."""
        private = keys.load(self.settings.keys_dir).commands_private
        assert private is not None
        signed = sign_command(private, audience="tiny", brand_id=brand_id, person="lea", right="note")
        return {"Authorization": f"Bearer {signed}", "Idempotency-Key": key}

    async def ready(self) -> dict[str, Any]:
        """Wait until it says so; its checks."""
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self.probe("/readyz")
                if answer is not None and answer.status_code == 200:
                    return dict(answer.json()["checks"])
                assert self.process.returncode is None, (await self.output).decode()
                await asyncio.sleep(0.05)

    async def probe(self, path: str) -> httpx.Response | None:
        """An answer, or None while nobody listens."""
        try:
            return await self.http.get(path)
        except httpx.TransportError:
            return None

    def terminate(self) -> None:
        """SIGTERM."""
        self.process.send_signal(signal.SIGTERM)

    async def ended(self) -> int:
        """Its exit status."""
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def said(self) -> list[dict[str, Any]]:
        """Its log, once it has ended."""
        lines = (await self.output).decode().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@asynccontextmanager
async def tiny_process(kafka: str, mongo: str, folder: Path, **environment: str) -> AsyncIterator[TinyProcess]:
    """Started; ended at the latest with the test."""
    keys.create(folder)
    port = seats.port()
    words = {
        "PARVIS_KAFKA": kafka,
        "PARVIS_MONGO": mongo,
        "PARVIS_PORT": str(port),
        "PARVIS_KEYS_DIR": str(folder),
        "PARVIS_DATABASE_PREFIX": f"test_{uuid4().hex[:10]}_",
        "PARVIS_GROUP_PREFIX": f"test-{uuid4().hex[:10]}-",
        "PARVIS_EGRESS_ALLOW": f"127.0.0.1:{port}",
        **environment,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "PARVIS_"))}
    words["PARVIS_MONGO_DRIVER"] = os.environ.get("PARVIS_MONGO_DRIVER", "motor")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.shared.tiny.app"),
        cwd=ROOT,
        env=inherited | words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    output = asyncio.create_task(process.stdout.read())
    settings = FloorSettings(
        kafka=kafka, mongo=mongo, port=port, keys_dir=folder, database_prefix=words["PARVIS_DATABASE_PREFIX"]
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as http:
        try:
            yield TinyProcess(process, http, settings, output)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            await output
            await _clear(settings)


async def _clear(settings: FloorSettings) -> None:
    """Leave nothing behind in an engine that is there."""
    async with Mongo.open(settings.mongo) as mongo:
        with suppress(ParvisError):
            await mongo.probe()
            await mongo.database(f"{settings.database_prefix}tiny").drop()
