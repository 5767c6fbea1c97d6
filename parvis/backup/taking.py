"""`parvis backup`: offsets first, then all databases as they were at one later moment."""

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from parvis.backup.folder import OFFSETS, Folder, Held, Manifest
from parvis.backup.places import Place
from parvis.backup.whose import Deployment, Step, told
from parvis.errors import CommandFailed
from parvis.ops.engines import SERVICES
from parvis.settings import ToolSettings
from shared.bus import groups
from shared.mongo.raw import Raw, SnapshotLost, open_raw
from shared.settings import load

TRIES = 3
TOO_SLOW = (
    "the copy took longer than MongoDB keeps a moment (300 s): raise it with mongosh, "
    "db.adminCommand({setParameter: 1, minSnapshotHistoryWindowInSeconds: 3600}), and begin again in a new folder"
)
Databases = dict[str, dict[str, Held]]
SHRINKS_TO = 0.5  # of the data at most, compressed: what is asked of the disk before anything is written


def backup(
    folder: Annotated[Path, typer.Argument(help="where the copy goes; empty, or not there yet")],
) -> None:
    """Copy every service's database, and how far each consumer group was, while everything runs."""
    manifest = told(lambda step: _backup(Deployment(load(ToolSettings)), Folder(folder), step))
    Console().print(
        f"{manifest.documents} documents of {len(manifest.databases)} services, as they were on {manifest.taken_at}, "
        f"are in {folder}",
        soft_wrap=True,
    )


async def _backup(whose: Deployment, folder: Folder, step: Step) -> Manifest:
    """Offsets before databases: what a database holds beyond them is only handled again, never missed."""
    cluster = await groups.cluster(whose.at.kafka)
    committed = await groups.committed(whose.at.kafka, whose.groups)
    taken_at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    with open_raw(whose.at.mongo) as raw:
        there = [service for service in SERVICES if raw.collections(whose.database(service))]
        estimates = [raw.estimate(whose.database(service)) for service in there]
        folder.begin()
        _check_disk(folder.path, sum(size for _, size in estimates))
        offsets = {
            name.removeprefix(whose.group_prefix): _by_topic(places) for name, places in committed.items() if places
        }
        digest = folder.write_json(OFFSETS, {"cluster": cluster, "taken_at": taken_at, "groups": offsets})
        total = sum(documents for documents, _ in estimates)
        databases = _at_one_moment(raw, whose, there, folder, lambda: step("copying", total))
        epoch = max((raw.epoch(whose.database(service)) for service in SERVICES), default=0)
    manifest = Manifest(taken_at, cluster, digest, epoch, databases)
    folder.end(manifest)
    return manifest


def _at_one_moment(
    raw: Raw, whose: Deployment, there: list[str], folder: Folder, begin: Callable[[], Callable[[int], None]]
) -> Databases:
    """Again where a collection or an index was made meanwhile: a moment from before it cannot be read."""
    for _ in range(TRIES):
        before = {service: raw.collections(whose.database(service)) for service in there}
        with suppress(SnapshotLost):
            found = _copied(raw, whose, before, folder, begin())
            if all(raw.collections(whose.database(service)) == before[service] for service in there):
                return found
    raise CommandFailed("collections or indexes were made all the time: wait until the services have started")


def _copied(
    raw: Raw,
    whose: Deployment,
    collections: dict[str, dict[str, list[str]]],
    folder: Folder,
    done: Callable[[int], None],
) -> Databases:
    try:
        with raw.moment() as moment:
            return {
                service: {
                    name: folder.write(service, name, moment.batches(whose.database(service), name), indexes, done)
                    for name, indexes in names.items()
                }
                for service, names in collections.items()
            }
    except SnapshotLost as lost:
        if lost.too_old:
            raise CommandFailed(TOO_SLOW) from lost
        raise


def _by_topic(places: Mapping[Place, int]) -> dict[str, dict[str, int]]:
    topics: dict[str, dict[str, int]] = {}
    for (topic, partition), offset in sorted(places.items()):
        topics.setdefault(topic, {})[str(partition)] = offset
    return topics


def _check_disk(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size * SHRINKS_TO:
        raise CommandFailed(
            f"the disk is full: {free >> 20} MB left under {folder}, and {size >> 20} MB of data need up to "
            f"{int(size * SHRINKS_TO) >> 20} MB when compressed"
        )
