"""Vendors' own descriptions, which are not shipped: tests read them where PARVIS_SPECS says, or are skipped."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

SPECS = Path(os.environ.get("PARVIS_SPECS", Path(__file__).parents[3] / "shared" / "specs"))


def spec(name: str) -> Any:
    """The JSON of `PARVIS_SPECS/<name>`."""
    path = SPECS / name
    if not path.exists():
        pytest.skip(f"{path} is not here: set PARVIS_SPECS to the folder of vendors' descriptions")
    return json.loads(path.read_text())
