"""`parvis contracts`: writes what is generated from event classes and routes, or checks that it is current."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from parvis.contracts import asyncapi, openapi, picture, rights, schemas
from parvis.contracts.compatibility import problems
from parvis.contracts.tree import ROOT, readers
from parvis.errors import CommandFailed
from parvis.services import USUAL_PORTS
from shared.events.catalogue import event_classes

OURS = ("*/*.v*.json", "openapi/*.json")


def generated() -> dict[Path, str]:
    """Every generated file and its text."""
    files = {ROOT / "contracts" / schemas.path(cls): schemas.text(schemas.schema(cls)) for cls in event_classes()}
    files[ROOT / "contracts" / "asyncapi.json"] = schemas.text(asyncapi.document())
    files[ROOT / "docs" / "events.md"] = picture.text()
    routes = {ROOT / _place_of(name): schemas.text(document) for name, document in openapi.documents().items()}
    return files | routes | rights.files()


def _place_of(service: str) -> Path:
    return Path("contracts") / "openapi" / f"{service}.json"


def missed(files: Mapping[Path, str], root: Path = ROOT) -> Iterator[str]:
    """What callers of the routes on disk, and as last committed, would miss in these documents."""
    for name in USUAL_PORTS:
        place = _place_of(name)
        new = json.loads(files[root / place])
        for old in _published(root, place):
            yield from (f"{name}: {one}" for one in openapi.taken_away(old, new))


def incompatible(root: Path = ROOT) -> Iterator[str]:
    """What the classes as they are break, against the contracts on disk and as last committed."""
    for cls in event_classes():
        place = Path("contracts") / schemas.path(cls)
        for old in _published(root, place):
            for problem in problems(old, schemas.schema(cls)):
                who = ", ".join(readers()[cls.__name__]) or "nobody yet"
                yield f"{place}: {problem} (readers: {who}; they roll out first, or write a v{cls.VERSION + 1})"


def _published(root: Path, place: Path) -> Iterator[Mapping[str, Any]]:
    if (root / place).exists():
        yield json.loads((root / place).read_text())
    git = subprocess.run(
        ["git", "show", f"HEAD:{place.as_posix()}"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if git.returncode == 0:
        yield json.loads(git.stdout)


def contracts(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail where one is stale.")] = False,
    take_away: Annotated[bool, typer.Option("--take-away", help="Routes may lose what callers know of them.")] = False,
) -> None:
    """Write the schemas, the AsyncAPI and OpenAPI documents and docs/events.md; refuses a change that breaks a reader
    of events, or (without --take-away) a caller of routes."""
    files = generated()
    broken = sorted({*incompatible(), *(() if check or take_away else missed(files))})
    if broken:
        raise CommandFailed("this would break somebody:\n  " + "\n  ".join(broken))
    stale = [place for place, text in files.items() if not place.exists() or place.read_text() != text]
    orphans = [one for pattern in OURS for one in (ROOT / "contracts").glob(pattern) if one not in files]
    if check:
        if stale or orphans:
            names = ", ".join(str(one.relative_to(ROOT)) for one in stale + orphans)
            raise CommandFailed(f"not current: {names}; run `make contracts` and commit what it writes")
        return
    for place in stale:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(files[place])
    typer.echo(f"{len(files)} files, {len(stale)} written")
