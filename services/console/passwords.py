"""Passwords: argon2id, one hash at a time off the event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Hashes and compares; an unknown login costs as much time as a wrong password."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._decoy = self._hasher.hash("nobody's password")
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2")

    async def hash(self, password: str) -> str:
        """The hash to store, with its salt and parameters in it."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._hasher.hash, password)

    async def fits(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one that was hashed; False for a member who is not there."""
        loop = asyncio.get_running_loop()
        fits = await loop.run_in_executor(self._pool, self._verify, stored or self._decoy, password)
        return fits and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
