"""Finds the event classes: the folders under `shared/events` are the catalogue."""

import importlib
import pkgutil
from functools import cache

import shared.events as package
from shared.events.event import Event


@cache
def event_classes() -> tuple[type[Event], ...]:
    """Every event class, by owner and name."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    found = {cls for cls in _subclasses(Event) if "EXAMPLE" in vars(cls)}
    return tuple(sorted(found, key=lambda cls: cls.type_name()))


@cache
def by_type() -> dict[str, type[Event]]:
    """CloudEvents type → class."""
    return {cls.type_name(): cls for cls in event_classes()}


def _subclasses(cls: type[Event]) -> set[type[Event]]:
    return {sub for direct in cls.__subclasses__() for sub in ({direct} | _subclasses(direct))}
