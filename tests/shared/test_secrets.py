"""A token is sealed where it is received, and opened only where the private key lies."""

from pathlib import Path

import pytest

from shared import keys
from shared.keys import KeysMissing
from shared.secrets import Unsealable, Vault, seal


def test_sealed_and_opened(tmp_path: Path) -> None:
    """Whoever holds the public half can seal; only the private half opens, and no two boxes look alike."""
    keys.create(tmp_path)
    held = keys.load(tmp_path)
    boxes = {seal(held.platform_public, "jeton très secret") for _ in range(2)}
    assert len(boxes) == 2
    assert {Vault(held.platform_private).open(box) for box in boxes} == {"jeton très secret"}


@pytest.mark.parametrize("broken", ["", "not base64 ***", "c2VhbGVk", "A" * 80])
def test_what_was_not_sealed_for_us(broken: str, tmp_path: Path) -> None:
    """A damaged or foreign box raises one clear error."""
    keys.create(tmp_path)
    with pytest.raises(Unsealable):
        Vault(keys.load(tmp_path).platform_private).open(broken)


def test_a_service_without_the_private_key(tmp_path: Path) -> None:
    """Where only public halves are mounted, nothing can be opened or signed."""
    keys.create(tmp_path)
    for private in tmp_path.glob("*.key"):
        private.unlink()
    held = keys.load(tmp_path)
    assert (held.platform_private, held.commands_private) == (None, None)
    with pytest.raises(Unsealable, match="holds no platform key"):
        Vault(held.platform_private).open(seal(held.platform_public, "x"))


def test_keys_are_made_once_and_kept_private(tmp_path: Path) -> None:
    """A second call makes nothing and changes nothing; private files are readable by their owner alone."""
    folder = tmp_path / "keys"
    assert keys.create(folder) is True
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert keys.create(folder) is False
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert sorted(before) == ["commands.key", "commands.pub", "platform.key", "platform.pub"]
    assert {file.stat().st_mode & 0o777 for file in folder.glob("*.key")} == {0o600}


def test_missing_keys_name_the_command(tmp_path: Path) -> None:
    """The error says which file is missing and what makes it."""
    with pytest.raises(KeysMissing, match="parvis keys"):
        keys.load(tmp_path)


def test_nothing_shows_a_private_key(tmp_path: Path) -> None:
    """Neither a vault nor the keys print what they hold."""
    keys.create(tmp_path)
    held = keys.load(tmp_path)
    assert "platform_private" not in repr(held)
    assert repr(Vault(held.platform_private)) == "Vault()"
