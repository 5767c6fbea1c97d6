"""Topics, and who may do what on Kafka and MongoDB, as Kubernetes resources drawn from the catalogue and the tree."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from parvis.contracts.tree import ROOT, readers
from shared.bus.topics import topic_settings
from shared.events.catalogue import event_classes
from shared.events.topics import ALL, DIRECTORY, Topic

COMPONENTS = ROOT / "deploy" / "k8s" / "components"
PARTITIONS, REPLICAS = 24, 3  # of production; an overlay with fewer brokers patches them
HEAD = "# Written by `make contracts` from shared/events and the handlers' names; do not edit.\n"

TOPIC = """---
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata:
  name: {name}
  labels: {{strimzi.io/cluster: parvis}}
spec:
  partitions: {partitions}
  replicas: {replicas}
  config: {{{settings}}}
"""
USER = """---
apiVersion: kafka.strimzi.io/v1
kind: KafkaUser
metadata:
  name: parvis-{user}
  labels: {{strimzi.io/cluster: parvis}}
spec:
  authentication: {{type: tls}}
  authorization:
    type: simple
    acls:
"""
MAY = "      - {{resource: {{type: {kind}, name: {name}, patternType: {pattern}}}, operations: [{operations}]}}\n"
DATABASES = """apiVersion: mongodbcommunity.mongodb.com/v1
kind: MongoDBCommunity
metadata:
  name: parvis-mongo
spec:
  users:
"""
DATABASE = """    - name: parvis-{user}
      db: admin
      roles: [{{db: {database}, name: {role}}}]
      passwordSecretRef: {{name: parvis-mongo-passwords, key: {user}}}
      scramCredentialsSecretName: parvis-mongo-{user}
      connectionStringSecretName: parvis-mongo-{user}
"""
OPERATOR = "operator"  # the `parvis` command in a person's hands: lag, dead letters, epochs and backups of all


def files() -> dict[Path, str]:
    """Each generated resource file and its text."""
    databases = [DATABASE.format(user=one, database=f"parvis_{one}", role="readWrite") for one in services()]
    databases.append(DATABASE.format(user=OPERATOR, database="admin", role="readWriteAnyDatabase"))
    users = [_user(one, _rights(one)) for one in services()] + [_user(OPERATOR, _sight())]
    return {
        COMPONENTS / "strimzi" / "topics.yaml": HEAD + "".join(_topic(one) for one in ALL),
        COMPONENTS / "strimzi" / "users.yaml": HEAD + "".join(users),
        COMPONENTS / "mongodb" / "users.yaml": HEAD + DATABASES + "".join(databases),
    }


def services() -> Sequence[str]:
    """Those that the tree holds, by name."""
    return sorted(path.parent.name for path in ROOT.glob("services/*/app.py"))


def topics_read(service: str) -> Sequence[Topic]:
    """The directory, and each topic, with its side lanes, that carries an event which the service handles."""
    names = {cls.TOPIC.name for cls in event_classes() if service in readers()[cls.__name__]}
    return [one for one in ALL if one == DIRECTORY or any(f"{one.name}.".startswith(f"{name}.") for name in names)]


def topics_answered(service: str) -> Sequence[Topic]:
    """Another's topics on which this service answers what it reads there."""
    return [one for one in topics_read(service) if one.answered and one.owner != service]


def _topic(topic: Topic) -> str:
    settings = ", ".join(f"{name}: {value}" for name, value in topic_settings(topic, REPLICAS).items())
    return TOPIC.format(name=topic.name, partitions=PARTITIONS, replicas=REPLICAS, settings=settings)


def _user(name: str, rights: Iterator[str]) -> str:
    return USER.format(user=name) + "".join(rights)


def _rights(service: str) -> Iterator[str]:
    """To say what is its own (and to recall it), to hear what it handles, to be a member of its own groups."""
    yield MAY.format(kind="topic", name=f"{service}.", pattern="prefix", operations="Read, Write, Describe")
    for topic in topics_answered(service):
        yield MAY.format(kind="topic", name=topic.name, pattern="literal", operations="Write, Describe")
    for topic in topics_read(service):
        yield MAY.format(kind="topic", name=topic.name, pattern="literal", operations="Read, Describe")
    yield MAY.format(kind="group", name=service, pattern="prefix", operations="Read, Describe")


def _sight() -> Iterator[str]:
    """To see every topic and every group, and to change none; but to put a group back where a backup found it."""
    yield MAY.format(kind="topic", name='"*"', pattern="literal", operations="Read, Describe")
    yield MAY.format(kind="group", name='"*"', pattern="literal", operations="Read, Describe")
