"""Commands between services: a 30-second Ed25519 token names the brand, the person and the right."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from nacl.signing import SigningKey, VerifyKey

from shared.errors import Conflict
from shared.problems import Problem
from shared.rates import spend
from shared.rights import Right

ISSUER = "parvis"
SKEW = timedelta(seconds=5)
UNCOUNTED: frozenset[Right] = frozenset({"hold_all"})  # a stop is never told to wait
_OWNERS = ("brand", "brand_id", "agency", "agency_id")
_bearer = HTTPBearer(auto_error=False, description="Ed25519 JWT of 30 seconds, signed by console")


@dataclass(frozen=True, slots=True)
class Command:
    """What a person asks for. `request_hash` tells another request under the same `idempotency_key`."""

    brand_id: str
    person: str
    right: Right
    idempotency_key: str
    expected_seq: int | None
    request_hash: str

    def expect(self, seq: int, current: Mapping[str, Any]) -> None:
        """Raise 409 with `current` where the person looked at another state than `seq`."""
        if self.expected_seq is not None and self.expected_seq != seq:
            raise Conflict(dict(current))


def sign_command(
    private_key: SigningKey,
    *,
    audience: str,
    brand_id: str,
    person: str,
    right: Right,
    ttl: float = 30,
    now: datetime | None = None,
) -> str:
    """A token for one service (`audience`, its name). The signer has checked that the person has the right.

    For an agency's own things `brand_id` is the agency's id.
    """
    issued = now or datetime.now(UTC)
    claims = {"iss": ISSUER, "aud": audience, "brand": brand_id, "sub": person, "right": right}
    times = {"iat": issued.timestamp(), "exp": (issued + timedelta(seconds=ttl)).timestamp()}
    key = Ed25519PrivateKey.from_private_bytes(bytes(private_key))
    return jwt.encode({**claims, **times, "jti": uuid4().hex}, key, algorithm="EdDSA")


class CommandVerifier:
    """Knows the signer's public key and this service's name."""

    def __init__(self, public_key: VerifyKey, audience: str, clock: Callable[[], datetime]) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(bytes(public_key))
        self._audience = audience
        self._clock = clock

    def verify(self, token: str) -> Mapping[str, Any]:
        """The claims; raises a 401 problem that says why, without the token."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=["EdDSA"],
                audience=self._audience,
                issuer=ISSUER,
                options={
                    "require": ["exp", "iat", "aud", "iss", "sub"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            self._check_times(float(claims["iat"]), float(claims["exp"]))
        except (jwt.InvalidTokenError, TypeError, ValueError) as error:
            raise _unsigned(f"token refused: {type(error).__name__}") from None
        if not all(isinstance(claims.get(name), str) for name in ("brand", "sub", "right")):
            raise _unsigned("token refused: incomplete")
        return claims

    def _check_times(self, issued: float, expires: float) -> None:
        now, skew = self._clock().timestamp(), SKEW.total_seconds()
        if now > expires + skew:
            raise jwt.ExpiredSignatureError
        if issued > now + skew:
            raise jwt.ImmatureSignatureError


def command(right: Right) -> Callable[..., Awaitable[Command]]:
    """A FastAPI dependency: `command: Annotated[Command, Depends(command("decide"))]`."""

    async def dependency(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        idempotency_key: Annotated[str, Header(max_length=200)] = "",
        if_match: Annotated[str, Header(description="the `seq` that the person saw")] = "",
    ) -> Command:
        if credentials is None:
            raise _unsigned("a command needs a bearer token")
        verifier: CommandVerifier = request.app.state.commands
        claims = verifier.verify(credentials.credentials)
        if claims["right"] != right:
            raise Problem(403, f"this needs the right to {right}")
        if any(request.path_params.get(name, claims["brand"]) != claims["brand"] for name in _OWNERS):
            raise Problem(403, "the token is for another brand")
        if right not in UNCOUNTED:
            spend(request, claims["sub"], claims["brand"])
        if not idempotency_key and request.method not in ("GET", "HEAD"):
            raise Problem(422, "a command needs an Idempotency-Key header")
        seq, digest = _seq(if_match), await _digest(request, if_match)
        return Command(claims["brand"], claims["sub"], right, idempotency_key, seq, digest)

    return dependency


def _unsigned(detail: str) -> Problem:
    return Problem(401, detail, headers={"WWW-Authenticate": "Bearer"})


def _seq(if_match: str) -> int | None:
    if not if_match:
        return None
    found = re.fullmatch(r'"?(\d{1,18})"?', if_match.strip())
    if found is None:
        raise Problem(422, "If-Match is the expected seq")
    return int(found[1])


async def _digest(request: Request, if_match: str) -> str:
    """One request is one method, path, query, expected seq and body, whoever carries it."""
    digest = hashlib.sha256()
    for part in (request.method, request.url.path, request.url.query, if_match):
        digest.update(part.encode() + b"\n")
    digest.update(await request.body())
    return digest.hexdigest()
