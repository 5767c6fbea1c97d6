"""Sealed boxes: anyone with the platform's public key can seal, only a holder of the private key can open."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox


class Unsealable(Exception):
    """This box was not sealed for the key we hold, or we hold none."""


def seal(public_key: PublicKey, plaintext: str) -> str:
    """The ciphertext as URL-safe text; two seals of one secret differ."""
    return urlsafe_b64encode(SealedBox(public_key).encrypt(plaintext.encode())).decode()


class Vault:
    """Opens what was sealed. A service without the private key has a vault that opens nothing."""

    def __init__(self, private_key: PrivateKey | None) -> None:
        self._box = SealedBox(private_key) if private_key else None

    def open(self, sealed: str) -> str:
        """The secret; raises `Unsealable` (which never carries it)."""
        if self._box is None:
            raise Unsealable("this service holds no platform key")
        try:
            return self._box.decrypt(urlsafe_b64decode(sealed)).decode()
        except (CryptoError, ValueError):
            raise Unsealable("not sealed for this platform's key") from None

    def __repr__(self) -> str:
        return "Vault()"
