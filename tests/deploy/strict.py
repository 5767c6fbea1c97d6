"""Engines as strict as those of a cluster: a Kafka that knows everybody by certificate, a MongoDB with passwords."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiokafka.protocol.admin import CreateAclsRequest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from parvis.engines import ports
from parvis.engines.engine import Place, Say
from parvis.engines.kafka import Kafka
from parvis.engines.local import stop
from parvis.engines.mongo import Mongo
from parvis.engines.server import Server
from parvis.settings import ToolSettings
from shared.bus.admin import open_admin
from tests.deploy.certificates import Authority

KINDS = {"topic": 2, "group": 3, "cluster": 4}
PATTERNS = {"literal": 3, "prefix": 4}
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Delete": 6, "Alter": 7, "Describe": 8, "ClusterAction": 9}
ALLOW = 3
STRICT = {
    "listener.security.protocol.map": "SSL:SSL,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "SSL",
    "ssl.keystore.type": "PEM",
    "ssl.truststore.type": "PEM",
    "ssl.client.auth": "required",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    # The broker, whoever made the topics, and the broker towards its own controller.
    "super.users": "User:CN=broker;User:CN=operator;User:ANONYMOUS",
}


class StrictKafka(Kafka):
    """One broker; who has no certificate does not come in, and who has no right may do nothing."""

    def __init__(self, jars: Path, broker: Path) -> None:
        super().__init__(jars)
        self._broker = broker

    def command(self, place: Place, say: Say) -> list[str]:
        """As the local one's, with other listeners."""
        command = super().command(place, say)
        pair = self._broker / "pair.pem"
        pair.write_bytes((self._broker / "user.key").read_bytes() + (self._broker / "user.crt").read_bytes())
        stores = {"ssl.keystore.location": pair, "ssl.truststore.location": self._broker / "ca.crt"}
        properties = place.folder / "server.properties"
        more = "".join(f"{name}={value}\n" for name, value in (STRICT | stores).items())
        properties.write_text(properties.read_text().replace("PLAINTEXT://", "SSL://") + more)
        return command


class StrictMongo(Mongo):
    """One node of a replica set, which only somebody it knows may use."""

    def __init__(self, key: Path) -> None:
        self._key = key

    def command(self, place: Place, say: Say) -> list[str]:
        """As the local one's, with a key."""
        return [*super().command(place, say), "--keyFile", str(self._key)]

    def ready(self, place: Place) -> bool:
        """Whether it is primary again."""
        at = f"mongodb://127.0.0.1:{place.ports[0]}/?directConnection=true&serverSelectionTimeoutMS=500"
        client: MongoClient[Any] = MongoClient(at)
        with client:
            try:
                return bool(client.admin.command("hello").get("isWritablePrimary"))
            except PyMongoError:
                return False


@contextmanager
def strict_kafka(home: Path, authority: Authority) -> Iterator[str]:
    """Where it is, as `host:port`; stopped at the end."""
    port = ports.choose(29092, fixed=False)
    jars = ToolSettings().cache.expanduser() / "jars"
    server = Server(StrictKafka(jars, authority.issue("broker")), home / "kafka", port)
    with _started(server):
        yield server.address


@contextmanager
def strict_mongo(home: Path, users: list[Mapping[str, Any]]) -> Iterator[Mapping[str, str]]:
    """A connection string for each of the MongoDBCommunity's users, by name; stopped at the end."""
    passwords = {user["name"]: secrets.token_hex(16) for user in users}
    port = ports.choose(28017, fixed=False)
    key = home / "mongo-key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(64))
    with _started(Server(Mongo(), home / "mongo", port)) as server, MongoClient(server.address) as client:
        for user in users:
            roles = [{"role": role["name"], "db": role["db"]} for role in user["roles"]]
            client[user["db"]].command("createUser", user["name"], pwd=passwords[user["name"]], roles=roles)
    with _started(Server(StrictMongo(key), home / "mongo", port)) as server:
        where = server.address.removeprefix("mongodb://").replace("/", "/admin", 1)
        yield {name: f"mongodb://{name}:{password}@{where}" for name, password in passwords.items()}


@contextmanager
def _started(server: Server) -> Iterator[Server]:
    server.begin(print)
    try:
        server.finish(print)
        yield server
    finally:
        stop([server], print)


async def grant(bootstrap: str, user: str, rules: list[Mapping[str, Any]]) -> None:
    """What Strimzi's user operator does with a KafkaUser's rules."""
    async with open_admin(bootstrap) as admin:
        for rule in rules:
            on = rule["resource"]
            for operation in rule["operations"]:
                where = (KINDS[on["type"]], on["name"], PATTERNS[on["patternType"]])
                request = CreateAclsRequest(*where, f"User:CN={user}", "*", OPERATIONS[operation], ALLOW)
                answer = await admin._send_to_controller(request)
                assert [code for code, _ in answer.creation_responses] == [0]
