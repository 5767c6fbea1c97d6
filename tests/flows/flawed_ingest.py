"""Ingest before a fix: `python -m tests.flows.flawed_ingest FIX` cannot read what has an umbrella in it, until the
file FIX is there when it starts."""

import runpy
import sys
from pathlib import Path

from shared.networks.capabilities import RawChange, Sighting
from shared.networks.facebook.client import Facebook

normalise_well = Facebook.normalise


def normalise(self: Facebook, raw: RawChange) -> Sighting | None:
    """Fails as a normaliser does that does not know a network's new shape."""
    if "☂" in raw.body.decode():
        raise ValueError("an umbrella is not foreseen")
    return normalise_well(self, raw)


if __name__ == "__main__":
    if not Path(sys.argv[1]).exists():
        Facebook.normalise = normalise  # type: ignore[method-assign]
    runpy.run_module("services.ingest.app", run_name="__main__")
