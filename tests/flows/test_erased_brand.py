"""A brand leaves: it takes its data along, and nothing of it stays with us."""

import asyncio
import json
import re
import zlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pymongo
import pytest
from typer.testing import CliRunner, Result

from parvis.cli import app
from parvis.engines.local import Addresses
from parvis.platform import Platform
from tests.flows.town import Brand, eventually, found_brand

INSULT = "Quatre vareuses commandées, bande de connards, sous le numéro"
# The record of the request itself, and people of the agency, whose logins the stories make of the brand's id.
MAY_NAME_IT = {"requests", "tenantRequests", "members"}
# An agency's own log says for good who had which role at which brand: it names no brand but by its id.
OF_BRANDS = {"auditLog": {"brand_id": {"$not": re.compile("^agency:")}}}


async def test_a_brand_takes_its_data_along_and_leaves_nothing(
    platform: Platform, engines: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exported, then erased in every service; the neighbour in the same agency keeps all."""
    agency = f"agency-{uuid4().hex[:8]}"
    leaving, staying = [await found_brand(platform, agency_id=agency) for _ in range(2)]
    for brand in (leaving, staying):
        said = await brand.hears(words_of(brand))
        await said.until_hidden()
        await said.case()
        await brand.post_in_state(await brand.plans("Merci à toutes et à tous"), "published")
        await said.until(lambda item: any(one["action"] == "hide" for one in item["actions"]), "told in the inbox")
    for name, value in environment(platform, engines).items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "export"
    answered = await parvis("brand", "export", leaving.brand_id, str(folder), "--why", "they leave us")
    assert answered.exit_code == 0, answered.exception
    exported = written(folder)
    assert any(row.get("text") == words_of(leaving) for row in exported["console/interactions"])
    assert exported["publisher/posts"]
    assert exported["moderation/cases"]
    assert not any("token_sealed" in row for row in exported["console/channels"])
    kept = holdings(engines, staying)
    viewer = await leaving.person("viewer")
    refused = await parvis("brand", "erase", leaving.brand_id, "--why", "a joke", "--for", viewer, "--yes")
    assert "403" in str(refused.exception)
    answered = await parvis("brand", "erase", leaving.brand_id, "--why", "they have left", "--yes")
    assert answered.exit_code == 0, answered.exception
    assert "Kafka's topics have lost it by age on" in answered.output

    async def gone() -> bool:
        return not found(engines, leaving.brand_id.encode())

    await eventually(gone, "nothing names the brand any more", within=90)
    still = holdings(engines, staying)
    assert {place: min(count, still.get(place, 0)) for place, count in kept.items()} == kept  # and more was measured
    assert not planted(engines, leaving)
    assert planted(engines, staying)
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await platform.api.call("POST", f"/brands/{leaving.brand_id}/export", {"why": "once more"})


def words_of(brand: Brand) -> str:
    """What is said to that brand and to no other, and can be looked for without the brand's id."""
    return f"{INSULT} {zlib.crc32(brand.brand_id.encode())}"


def planted(engines: Addresses, brand: Brand) -> list[str]:
    """Where these words stand."""
    return found(engines, words_of(brand).rpartition(" ")[2].encode())


def environment(platform: Platform, engines: Addresses) -> dict[str, str]:
    """What the command needs to know."""
    return {
        "PARVIS_KAFKA": engines.kafka,
        "PARVIS_MONGO": engines.mongo,
        "PARVIS_CONSOLE_URL": platform.urls["console"],
        "PARVIS_OPERATOR_KEY": platform.held.operator_key,
    }


async def parvis(*words: str) -> Result:
    """What the command answers."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(words))


def written(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """`service/collection` → its lines."""
    return {
        f"{file.parent.name}/{file.stem}": [json.loads(line) for line in file.read_text().splitlines()]
        for file in folder.glob("*/*.jsonl")
    }


def found(engines: Addresses, what: bytes) -> list[str]:
    """Every collection of the platform in which a document holds these bytes."""
    places = []
    with pymongo.MongoClient(engines.mongo) as client:
        for name in client.list_database_names():
            if name.startswith("parvis_"):
                for collection in sorted(client[name].list_collection_names()):
                    raw = client[name][collection].find_raw_batches(OF_BRANDS.get(collection, {}))
                    if collection not in MAY_NAME_IT and any(what in batch for batch in raw):
                        places.append(f"{name}.{collection}")
    return places


def holdings(engines: Addresses, brand: Brand) -> dict[str, int]:
    """How many documents each collection holds of a brand."""
    with pymongo.MongoClient(engines.mongo) as client:
        return {
            f"{name}.{collection}": count
            for name in client.list_database_names()
            if name.startswith("parvis_")
            for collection in client[name].list_collection_names()
            if (count := client[name][collection].count_documents({"brand_id": brand.brand_id}))
        }
