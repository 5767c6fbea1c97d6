"""The second step of signing in: which codes of an app fit (TOTP, RFC 6238), and how recovery codes are compared."""

import hashlib
import hmac
import re
from datetime import datetime

import pyotp

PERIOD = 30  # seconds
ISSUER = "Parvis"
RECOVERY_CODES = 10


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The number of the 30-second step whose code this is: now's, or one beside it for clocks that differ (§5.2).

    Whoever takes a code keeps its step, and takes none that is not later.
    """
    given, totp, this = _plain(code).encode(), pyotp.TOTP(secret), int(now.timestamp()) // PERIOD
    fits = [step for step in (this, this - 1, this + 1) if hmac.compare_digest(totp.generate_otp(step).encode(), given)]
    return fits[0] if fits else None


def address_for_app(secret: str, login: str) -> str:
    """The `otpauth://` address that an app reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def recovery_code(chance: bytes) -> str:
    """`k3vd-x7ab-…`: four groups of four, 80 bits of chance, so that a plain digest is enough to keep."""
    letters = "".join("abcdefghijkmnpqrstuvwxyz23456789"[byte % 32] for byte in chance[:16])
    return "-".join(letters[place : place + 4] for place in range(0, 16, 4))


def recovery_digest(login: str, code: str) -> str:
    """What is stored of a recovery code; spaces, dashes and capitals do not matter."""
    return hashlib.sha256(f"{login}\x1f{_plain(code)}".encode()).hexdigest()


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).casefold()
