"""One call to a data server, and what its answer means. Errors carry a name there; the status alone says little."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Gone, RateLimited, Refused, TokenLost

HOME = "https://bsky.social"
WAIT_WHEN_UNTOLD = 60.0
MISSING = frozenset({"RecordNotFound", "NotFound", "RepoNotFound", "HandleNotFound"})
SESSION_OVER = frozenset({"ExpiredToken", "InvalidToken"})
ACCOUNT_LOST = frozenset(
    {"AccountTakedown", "AccountDeactivated", "RepoTakendown", "RepoDeactivated", "AuthFactorTokenRequired"}
)


class SessionOver(Exception):
    """The server wants a new session; it has done nothing."""


@dataclass(frozen=True, slots=True)
class Xrpc:
    """Every call raises `SessionOver`, `Gone` or one of the outward errors of `capabilities`."""

    egress: Egress
    clock: Callable[[], datetime]

    async def call(self, account: Account, method: str, name: str, bearer: str, **parts: Any) -> Mapping[str, Any]:
        """`name` is the method's (`com.atproto.repo.putRecord`); answers the body."""
        headers = {**parts.pop("headers", {}), **({"authorization": f"Bearer {bearer}"} if bearer else {})}
        answer = await self.egress.request(
            method,
            f"{(account.base_url or HOME).rstrip('/')}/xrpc/{name}",
            channel_id=account.channel_id,
            headers=headers,
            **parts,
        )
        return self._judge(answer, method)

    def _judge(self, answer: Response, method: str) -> Mapping[str, Any]:
        said = _said(answer)
        name, message = str((said or {}).get("error", "")), str((said or {}).get("message", answer.status))
        if 200 <= answer.status < 300:
            if said is None:
                raise OutcomeUnknown("the server answered with something that is not JSON")
            return said
        if answer.status == 429:
            raise RateLimited(self._seconds(answer), message)
        if name in SESSION_OVER:
            raise SessionOver(message)
        if answer.status == 401 or (method == "POST" and name in ACCOUNT_LOST):
            raise TokenLost(f"{message} ({name})")
        if answer.status >= 500:
            raise OutcomeUnknown(f"the server answered {answer.status} {name}: {message}")
        if name in MISSING:
            raise Gone(message)
        raise Refused(message, name or str(answer.status))

    def _seconds(self, answer: Response) -> float:
        """How long to wait: told in seconds, or as the moment when the limit ends."""
        after, reset = answer.headers.get("retry-after", ""), answer.headers.get("ratelimit-reset", "")
        if after.isdecimal():
            return float(after)
        if reset.isdecimal():
            return max(1.0, float(reset) - self.clock().timestamp())
        return WAIT_WHEN_UNTOLD


def _said(answer: Response) -> Mapping[str, Any] | None:
    """The body, an empty one as {}; None when it is not a JSON object."""
    if not answer.body:
        return {}
    try:
        said = answer.json()
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
