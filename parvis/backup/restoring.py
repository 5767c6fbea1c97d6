"""`parvis restore`: the databases of a backup and the offsets of its groups, under a higher epoch."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from parvis.backup import erasures
from parvis.backup.folder import Folder, Manifest
from parvis.backup.places import Places, placed
from parvis.backup.whose import Deployment, Step, told
from parvis.errors import CommandFailed
from parvis.ops.engines import SERVICES
from parvis.settings import ToolSettings
from shared.bus import groups
from shared.mongo.raw import Raw, open_raw
from shared.settings import load

GONE_SECONDS = 20.0  # a service that has ended stays a member until its session runs out: 15 s


def restore(
    folder: Annotated[Path, typer.Argument(help="a backup's folder")],
    check: Annotated[bool, typer.Option("--check", help="look at the copy and the groups; change nothing")] = False,
    despite_gaps: Annotated[
        bool, typer.Option("--despite-gaps", help="although messages that the stores have not seen are gone")
    ] = False,
    later: Annotated[
        list[Path] | None,
        typer.Option("--erasures", help="a later backup: what it knows to be erased is erased again; may be repeated"),
    ] = None,
    epoch: Annotated[
        int, typer.Option(help="at least this epoch: where the databases are lost and an earlier restore had raised it")
    ] = 0,
) -> None:
    """Put databases and offsets back as `parvis backup` found them, and raise the epoch. Services must be stopped."""
    copy, whose = Folder(folder), Deployment(load(ToolSettings))
    manifest = copy.manifest()
    told(lambda step: _checked(copy, manifest, step))
    places = told(lambda step: _groups(whose, copy, manifest, despite_gaps, step))
    again = _erased_since(whose, folder, later or [])
    say = Console(stderr=True, soft_wrap=True).print
    for remark in (*places.remarks, *erasures.told(again)):
        say(remark)
    if check:
        print(f"{folder} is whole: {manifest.documents} documents as they were on {manifest.taken_at}")
        return
    raised = told(lambda step: _restore(whose, copy, manifest, places, again, epoch, step))
    print(f"as on {manifest.taken_at}: {manifest.documents} documents, {len(places.offsets)} groups; epoch {raised}")
    print("start the services: what was due is looked for on its network before it leaves")


async def _checked(copy: Folder, manifest: Manifest, step: Step) -> None:
    done = step("checking", 1 + sum(map(len, manifest.databases.values())))
    wrong = []
    for _, why in copy.wrong(manifest):
        wrong += [why] if why else []
        done(1)
    if wrong:
        raise CommandFailed(f"the copy is damaged, and nothing was changed: {'; '.join(wrong)}")


async def _groups(whose: Deployment, copy: Folder, manifest: Manifest, despite_gaps: bool, step: Step) -> Places:
    """Nobody is in the groups, and Kafka still has what they are to read again."""
    await _until_stopped(whose, step)
    now = await groups.committed(whose.at.kafka, whose.groups)
    wanted = {f"{whose.group_prefix}{name}": topics for name, topics in copy.offsets().items()}
    topics = {topic for each in wanted.values() for topic in each} | {
        place[0] for each in now.values() for place in each
    }
    bounds = await groups.bounds(whose.at.kafka, topics)
    same = await groups.cluster(whose.at.kafka) == manifest.cluster
    places = placed(wanted, now, bounds, same)
    if places.gaps and not despite_gaps:
        raise CommandFailed(
            f"the copy is older than what Kafka keeps, and nothing was changed: {'; '.join(places.gaps)}. "
            "A newer backup, or --despite-gaps"
        )
    return places


async def _until_stopped(whose: Deployment, step: Step) -> None:
    deadline = time.monotonic() + GONE_SECONDS
    waiting = None
    while there := await groups.with_members(whose.at.kafka, whose.groups):
        if time.monotonic() > deadline:
            raise CommandFailed(f"stop the services first, nothing was changed: {', '.join(there)} have live members")
        waiting = waiting or step("waiting for the groups to empty", int(GONE_SECONDS))
        waiting(1)
        await asyncio.sleep(1)


def _erased_since(whose: Deployment, folder: Path, later: Sequence[Path]) -> list[erasures.Row]:
    """By the databases that are about to be replaced, and by later backups where those are lost."""
    with open_raw(whose.at.mongo) as raw:
        there = erasures.present(raw, whose)
    return erasures.undone(erasures.kept(folder), [*(row for one in later for row in erasures.kept(one)), *there])


async def _restore(
    whose: Deployment,
    copy: Folder,
    manifest: Manifest,
    places: Places,
    again: Sequence[erasures.Row],
    epoch: int,
    step: Step,
) -> int:
    """Until all is loaded beside nothing has changed; then come offsets, and each store with its epoch."""
    with open_raw(whose.at.mongo) as raw:
        value = 1 + max(epoch - 1, manifest.epoch, *(raw.epoch(whose.database(service)) for service in SERVICES))
        _load(raw, whose, copy, manifest, step)
        raw.add(whose.database(erasures.KEPT_BY), erasures.KEPT_IN, erasures.repeated(again, value))
        done = step("putting in place", len(places.offsets) + len(SERVICES))
        await _until_stopped(whose, step)
        for group, offsets in places.offsets.items():
            await groups.put_back(whose.at.kafka, group, offsets)
            done(1)
        for service in SERVICES:
            raw.raise_epoch(whose.database(service), value)
        for service in SERVICES:
            _swap(raw, whose.database(service))
            done(1)
    return value


def _load(raw: Raw, whose: Deployment, copy: Folder, manifest: Manifest, step: Step) -> None:
    done = step("loading", manifest.documents)
    for service in SERVICES:
        database = whose.database(service)
        raw.clear(database)
        for name, held in manifest.databases.get(service, {}).items():
            raw.load(database, name, copy.read(service, name), held.indexes, done)


def _swap(raw: Raw, database: str) -> None:
    """What the moment of the backup did not know goes; the epoch is there before anything that it guards."""
    loaded = raw.beside(database)
    for name in sorted(loaded, key=lambda each: each != "epochs"):
        raw.swap(database, name)
    for name in raw.collections(database).keys() - set(loaded):
        raw.drop(database, name)
