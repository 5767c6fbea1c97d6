"""Engines that some stories have for themselves, whatever the environment names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parvis.engines import ports
from parvis.engines.local import LocalEngines
from parvis.settings import ToolSettings
from tests import seats


@contextmanager
def engines_apart(home: Path) -> Iterator[LocalEngines]:
    """A Kafka and a MongoDB with nothing in them, started; stopped at the end."""
    shift = seats.shift()
    kafka, mongo = (ports.choose(usual + shift, fixed=False) for usual in (9092, 27017))
    engines = LocalEngines(ToolSettings(home=home, kafka=None, mongo=None, kafka_port=kafka, mongo_port=mongo))
    try:
        engines.start()
        yield engines
    finally:
        engines.stop()
