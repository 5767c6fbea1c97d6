"""A home of one's own, so that engines can be killed without harm to other tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from parvis.engines.local import LocalEngines
from parvis.settings import ToolSettings

# Far from the engines that other tests share, and from those that have a seat.
PORTS = {"kafka": 19092, "mongo": 19017}


@pytest.fixture
def own_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], LocalEngines]]:
    """Gives the named engine alone, in a temporary home; stops it in the end."""
    monkeypatch.delenv("PARVIS_KAFKA", raising=False)
    monkeypatch.delenv("PARVIS_MONGO", raising=False)
    opened: list[LocalEngines] = []

    def only(name: str, **settings: object) -> LocalEngines:
        other = "mongo" if name == "kafka" else "kafka"
        engines = LocalEngines(ToolSettings(home=tmp_path, **{other: "none:1"}, **settings))
        for server in engines.servers:
            server.engine.default_ports = (PORTS[name], PORTS[name] + 1)[: len(server.engine.default_ports)]
        opened.append(engines)
        return engines

    yield only
    for engines in opened:
        engines.stop()
