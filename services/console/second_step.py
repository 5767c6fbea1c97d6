"""What the second step of signing in needs besides rules: secrets that console seals for itself, chance, a picture."""

import secrets
from datetime import datetime

import pyotp
import segno
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from services.console.domain.second_step import RECOVERY_CODES, address_for_app, matching_step, recovery_code
from shared.secrets import Unsealable, Vault, seal


class SecondStep:
    """Sealed boxes that console alone opens: their key is derived from the one that it signs commands with.

    Nobody else holds that key, and no database does; who replaces it makes every member set the step up anew.
    """

    def __init__(self, commands: SigningKey | None) -> None:
        own = PrivateKey(_derived(bytes(commands))) if commands is not None else PrivateKey.generate()
        self._public, self._vault = own.public_key, Vault(own)

    def new(self) -> str:
        """A secret for an app, sealed."""
        return seal(self._public, pyotp.random_base32())

    def opened(self, sealed: str) -> str:
        """The secret, for the page that shows it once; raises `Unsealable`."""
        return self._vault.open(sealed)

    def picture(self, secret: str, login: str) -> str:
        """The address for an app as a QR code: an SVG in a `data:` address, black on white by day and by night."""
        code = segno.make(address_for_app(secret, login), error="m")
        return code.svg_data_uri(scale=4, dark="#000", light="#fff")

    def step_of(self, sealed: str, code: str, now: datetime) -> int | None:
        """Which step's code this is; None for a wrong one, and where the secret cannot be opened any more."""
        try:
            return matching_step(self._vault.open(sealed), code, now)
        except Unsealable:
            return None

    def recovery_codes(self) -> list[str]:
        """Ten codes, each for one time without the app."""
        return [recovery_code(secrets.token_bytes(16)) for _ in range(RECOVERY_CODES)]


def _derived(key: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"parvis console: second step").derive(key)
