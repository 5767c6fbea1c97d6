"""A setting that would stop the console is refused at its start."""

from functools import partial
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.console.settings import Settings
from shared.bus.health import STALLED


def test_a_text_waits_for_less_than_a_stuck_consumer_is_waited_for(tmp_path: Path) -> None:
    """A minute without an advance ends the process: no text may wait for so long."""
    made = partial(Settings, kafka="k", mongo="m", keys_dir=tmp_path)
    assert made(text_waits_seconds=STALLED / 2).text_waits_seconds == STALLED / 2
    with pytest.raises(ValidationError, match="text_waits_seconds"):
        made(text_waits_seconds=STALLED)
