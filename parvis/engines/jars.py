"""The jars of the local Kafka: exactly those of the committed lock, checked by their SHA-256."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jgo.env import LockedDependency, LockFile
from jgo.maven import Artifact, MavenContext
from requests import RequestException

from parvis.engines.engine import Say
from parvis.engines.lock import only_one
from parvis.errors import CommandFailed

LOCK = Path(__file__).with_name("jgo.lock.toml")
PARALLEL_DOWNLOADS = 6
SECONDS_PER_REQUEST = 60


def classpath(repository: Path, say: Say) -> str:
    """The Java class path of the locked jars, downloading those that the repository lacks."""
    locked = LockFile.load(LOCK).dependencies
    context = MavenContext(repo_cache=repository, timeout=SECONDS_PER_REQUEST)
    with only_one(repository / "lock", say), ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
        if any(not _path(context, jar).exists() for jar in locked):
            say("downloading Apache Kafka (45 MB, once)")
        return ":".join(str(path) for path in pool.map(lambda jar: _obtain(context, jar), locked))


def _artifact(context: MavenContext, jar: LockedDependency) -> Artifact:
    project = context.project(jar.groupId, jar.artifactId)
    return project.at_version(jar.version).artifact(jar.classifier or "", jar.packaging)


def _path(context: MavenContext, jar: LockedDependency) -> Path:
    path: Path | None = _artifact(context, jar).cached_path
    if path is None:
        raise CommandFailed(f"no place for {jar.artifactId} in {context.repo_cache}")
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as jar:
        return hashlib.file_digest(jar, "sha256").hexdigest()


def _obtain(context: MavenContext, jar: LockedDependency) -> Path:
    """The jar's verified file. A file left short by an interrupted download is fetched anew."""
    path = _path(context, jar)
    if path.exists() and _sha256(path) != jar.sha256:
        path.unlink()
    try:
        _artifact(context, jar).resolve()
    except (RequestException, RuntimeError) as error:
        raise CommandFailed(
            f"cannot download {path.name}: {error.__class__.__name__}. The first start needs the network "
            "(repo.maven.apache.org); or set PARVIS_KAFKA to an existing Kafka"
        ) from error
    if _sha256(path) != jar.sha256:
        path.unlink()
        raise CommandFailed(f"{path.name} as downloaded differs from its locked SHA-256; nothing was started")
    return path
