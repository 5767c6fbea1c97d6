"""Only one demo runs at a time, and starting afresh takes nothing that is not the demo's."""

from pathlib import Path

import pytest

from parvis.demo.folder import Folder, reset
from parvis.engines.local import LocalEngines
from parvis.errors import CommandFailed
from parvis.settings import ToolSettings


def test_a_second_demo_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    """Its console's address and its process, and how to end it."""
    first, second = Folder(tmp_path / "demo"), Folder(tmp_path / "demo")
    with first.alone():
        with pytest.raises(CommandFailed, match="still starting"), second.alone():
            pass
        first.announce("http://127.0.0.1:8080")
        with (
            pytest.raises(CommandFailed, match=r"runs here already \(pid \d+\): http://127.0.0.1:8080"),
            second.alone(),
        ):
            pass


def test_when_the_first_has_ended_the_next_may_run(tmp_path: Path) -> None:
    """However it ended: the lock goes with it."""
    folder = Folder(tmp_path)
    with pytest.raises(RuntimeError), folder.alone():
        raise RuntimeError("an accident")
    with folder.alone():
        pass


def test_starting_afresh_forgets_what_the_demo_and_its_engines_kept(tmp_path: Path) -> None:
    """Passwords, keys, walls and the engines' data go; what else is in the home stays."""
    folder, engines = Folder(tmp_path / "demo"), LocalEngines(ToolSettings(home=tmp_path, kafka=None, mongo=None))
    kept = tmp_path / "peers" / "blog"
    for path in (folder.login, folder.path / "keys" / "operator", tmp_path / "engines" / "kafka" / "data", kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("of an earlier run")
    with folder.alone():
        reset(folder, engines)
    assert not folder.login.exists()
    assert not (folder.path / "keys").exists()
    assert not (tmp_path / "engines" / "kafka").exists()
    assert kept.exists()


def test_engines_of_others_are_never_emptied(tmp_path: Path) -> None:
    """Where PARVIS_KAFKA names an engine, starting afresh is refused and nothing is touched."""
    folder = Folder(tmp_path / "demo")
    with folder.alone():
        folder.login.write_text("kept")
        with pytest.raises(CommandFailed, match="PARVIS_KAFKA"):
            reset(folder, LocalEngines(ToolSettings(home=tmp_path, kafka="kafka.example:9092", mongo=None)))
    assert folder.login.read_text() == "kept"
