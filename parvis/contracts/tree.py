"""Reads the tree: who states an event (the folder), and who reads it (the handlers' names)."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shared.events.catalogue import event_classes
from shared.events.console.tenant import Answered, Asked
from shared.events.event import Event

ROOT = Path(__file__).resolve().parents[2]


def snake(name: str) -> str:
    """`InteractionJudged` → `interaction_judged`, as files are named."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def owner(cls: type[Event]) -> str:
    """The service that states it."""
    return cls.TOPIC.owner


def writers(cls: type[Event]) -> tuple[str, ...]:
    """The services that state it: its owner, or for an answer whoever reads what is asked there."""
    if not issubclass(cls, Answered):
        return (owner(cls),)
    asked = [one.__name__ for one in event_classes() if issubclass(one, Asked)]
    return tuple(sorted({service for name in asked for service in readers()[name]}))


@cache
def readers() -> Mapping[str, tuple[str, ...]]:
    """Event class name → the services whose handlers read it (the directory is read by every service)."""
    found: dict[str, list[str]] = {cls.__name__: [] for cls in event_classes()}
    files = {snake(name): name for name in found}
    for handler in sorted(ROOT.glob("services/*/handlers/on_*.py")):
        name = files.get(handler.stem.removeprefix("on_"))
        if name is not None:
            found[name].append(handler.parts[-3])
    return {name: tuple(services) for name, services in found.items()}


def is_directory(cls: type[Event]) -> bool:
    """Facts of the compacted directory are read by every replica of every service, without handlers."""
    return cls.TOPIC.compacted
