"""The rights that the manifests give are enough for the whole platform, and no more than that."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from parvis.engines.local import Addresses
from parvis.platform import Platform, running
from shared.bus.address import connection
from tests import seats
from tests.architecture.deployment.rendering import of_kind, resources
from tests.deploy.certificates import Authority
from tests.deploy.strict import grant, strict_kafka, strict_mongo
from tests.flows.conftest import QUICK
from tests.flows.town import found_brand


@dataclass(frozen=True, slots=True)
class Strict:
    """Strict engines: how each user of the manifests (and the operator) reaches them, by its name."""

    servers: str
    kafka: Mapping[str, str]
    mongo: Mapping[str, str]


@pytest.fixture(scope="module")
def engines_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Strict]:
    """Engines with the users of the production overlay, of whom Kafka's have no right yet."""
    home, found = tmp_path_factory.mktemp("strict"), resources("production")
    authority = Authority(home / "certificates")
    (database,) = of_kind(found, "MongoDBCommunity").values()
    users = [*of_kind(found, "KafkaUser"), "operator"]
    with strict_mongo(home, database["spec"]["users"]) as mongo, strict_kafka(home, authority) as servers:
        yield Strict(servers, {user: f"ssl://{servers}{authority.issue(user)}" for user in users}, mongo)


@pytest.fixture(scope="module")
async def strict(engines_apart: Strict) -> Strict:
    """The same with the rights that the KafkaUsers name."""
    for name, user in of_kind(resources("production"), "KafkaUser").items():
        await grant(engines_apart.kafka["operator"], name, user["spec"]["authorization"]["acls"])
    return engines_apart


@pytest.fixture(scope="module")
async def platform(strict: Strict, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """Every service under its own certificate and its own password."""
    own = {
        service: {
            "PARVIS_KAFKA": strict.kafka[f"parvis-{service}"],
            "PARVIS_MONGO": strict.mongo[f"parvis-{service}"],
            **QUICK.get(service, {}),
        }
        for service in (name.removeprefix("parvis-") for name in strict.mongo)
    }
    for service, addresses in own.items():
        restored_once(addresses["PARVIS_MONGO"], service)
    home: Path = tmp_path_factory.mktemp("platform")
    engines = Addresses(kafka=strict.kafka["operator"], mongo="unused")
    async with running(engines, home, env=own, shift=seats.shift(), within=150) as platform:
        yield platform


def restored_once(address: str, service: str) -> None:
    """As after a restore, so that services also read what they had stated themselves."""
    epoch = {"_id": "epoch", "value": 1, "raised_at": datetime.now(UTC)}
    client: MongoClient[Any] = MongoClient(address)
    with client:
        client[f"parvis_{service}"]["epochs"].insert_one(epoch)


async def test_a_story_is_told_from_end_to_end(platform: Platform) -> None:
    """What is said is read, judged and hidden, and a post goes out: each service by its own few rights."""
    brand = await found_brand(platform)
    said = await brand.hears("Vous êtes une bande de connards, bande d'abrutis finis")
    await said.until_hidden()
    await said.until(lambda item: any(a["action"] == "hide" for a in item["actions"]), "the action in the inbox")
    await brand.post_in_state(await brand.plans("Bonjour à toutes et à tous", "facebook"), "published")


async def test_nobody_speaks_for_another(strict: Strict, platform: Platform) -> None:
    """Ingest's certificate does not let it state a verdict."""
    with pytest.raises(TopicAuthorizationFailedError):
        await said_as(strict.kafka["parvis-ingest"], "moderation.verdicts.v1")


async def test_who_has_no_certificate_does_not_come_in(strict: Strict) -> None:
    """The brokers speak to nobody that they do not know."""
    with pytest.raises(KafkaError):
        await said_as(strict.servers, "ingest.raw.v1")


async def said_as(address: str, topic: str) -> None:
    """Try to say something there."""
    producer = AIOKafkaProducer(**connection(address), request_timeout_ms=3000)
    try:
        await producer.start()
        await producer.send_and_wait(topic, b"{}")
    finally:
        await producer.stop()


@pytest.mark.parametrize("own", ["moderation", "console"])
def test_nobody_reads_anothers_database(strict: Strict, own: str) -> None:
    """A service's password opens its own database alone."""
    client: MongoClient[Any] = MongoClient(strict.mongo[f"parvis-{own}"])
    with client:
        client[f"parvis_{own}"]["tried"].find_one()
        with pytest.raises(OperationFailure, match="not authorized"):
            client["parvis_ingest"]["tried"].find_one()
