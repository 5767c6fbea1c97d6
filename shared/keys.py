"""The deployment's two key pairs as files: `platform` seals tokens, `commands` signs commands."""

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path

from nacl.public import PrivateKey, PublicKey
from nacl.signing import SigningKey, VerifyKey


class KeysMissing(Exception):
    """A key file that this service needs is not there; the message says which command makes it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The public halves, which all hold; the private ones only where the deployment mounts them."""

    platform_public: PublicKey
    commands_public: VerifyKey
    platform_private: PrivateKey | None = field(default=None, repr=False)
    commands_private: SigningKey | None = field(default=None, repr=False)


def create(directory: Path) -> bool:
    """Make the pairs that are absent, private halves 0600. True if one was made; no key is ever replaced."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = False
    if not (directory / "platform.key").exists():
        platform = PrivateKey.generate()
        made |= _write(directory / "platform.key", bytes(platform))
    if not (directory / "commands.key").exists():
        made |= _write(directory / "commands.key", bytes(SigningKey.generate()))
    _write(directory / "platform.pub", bytes(PrivateKey(_read(directory / "platform.key")).public_key))
    _write(directory / "commands.pub", bytes(SigningKey(_read(directory / "commands.key")).verify_key))
    return made


def load(directory: Path) -> Keys:
    """The keys in `directory`; raises `KeysMissing` where a public half is not there."""
    platform, commands = directory / "platform.key", directory / "commands.key"
    return Keys(
        platform_public=PublicKey(_read(directory / "platform.pub")),
        commands_public=VerifyKey(_read(directory / "commands.pub")),
        platform_private=PrivateKey(_read(platform)) if platform.exists() else None,
        commands_private=SigningKey(_read(commands)) if commands.exists() else None,
    )


def _read(path: Path) -> bytes:
    try:
        return b64decode(path.read_bytes(), validate=True)
    except FileNotFoundError:
        raise KeysMissing(f"{path} is not there; `parvis keys` makes it (PARVIS_KEYS_DIR says where)") from None


def _write(path: Path, key: bytes) -> bool:
    """Write once, whole: linked into place from a finished file, so that two processes agree on the first."""
    mode = 0o600 if path.suffix == ".key" else 0o644
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b64encode(key))
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
