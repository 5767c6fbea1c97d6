"""How `parvis demo` ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from parvis.demo import command
from parvis.engines.local import Addresses
from parvis.errors import CommandFailed


@contextmanager
def nothing_running(*_: object) -> Iterator[Addresses]:
    """In place of the engines."""
    yield Addresses("k:1", "mongodb://m")


def test_a_story_that_was_stopped_has_not_come_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that waits for the exit code of --once takes no Ctrl-C for a success; without --once it is one."""

    async def stopped(_: command.Run) -> None:
        return None

    monkeypatch.setenv("PARVIS_HOME", str(tmp_path))
    monkeypatch.setattr(command, "_engines_running", nothing_running)
    monkeypatch.setattr(command.Run, "to_its_end", stopped)
    command.demo(once=False)
    with pytest.raises(CommandFailed, match="stopped before the story's end"):
        command.demo(once=True)
