"""Calling LinkedIn's versioned REST API: one attempt each, and what its answers mean for us.

https://learn.microsoft.com/linkedin/shared/api-guide/concepts/error-handling and …/protocol-version, read 2026-11-21.
A URN is encoded whole, in paths and in queries; the brackets of a `List(…)` and of a `(start:…)` are not.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Gone, RateLimited, Refused, TokenLost
from shared.networks.reading import nested

VERSION = "202606"  # of a channel without `api_version`; each lives about a year
DEFAULT_WAIT = 900.0
DUPLICATE = "DUPLICATE_POST"

Found = dict[str, Any]


class LinkedInApi:
    """The API of the account's `base_url`. Each call raises the errors of `capabilities`, and `Gone`."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress

    async def call(self, method: str, account: Account, path: str, **parts: Any) -> Found:
        """The answer's JSON; empty where it has none."""
        return read(await self.request(method, account, path, **parts))

    async def created(self, account: Account, path: str, body: Mapping[str, Any]) -> tuple[Found, str]:
        """What was created, and the id that its header tells."""
        answer = await self.request("POST", account, path, json=body)
        return read(answer), answer.headers.get("x-restli-id", "")

    async def dated(self, account: Account, path: str) -> tuple[Found, datetime]:
        """The answer with the network's own time."""
        answer = await self.request("GET", account, path)
        return read(answer), _date(answer) or datetime.now(UTC)

    async def request(self, method: str, account: Account, path: str, **parts: Any) -> Response:
        """`path` below `/rest/`, its query included; or a whole address that LinkedIn gave."""
        url = path if "://" in path else f"{account.base_url.rstrip('/')}/rest/{path}"
        headers = {
            "Authorization": f"Bearer {account.token}",
            "LinkedIn-Version": str(account.settings.get("api_version") or VERSION),
            "X-Restli-Protocol-Version": "2.0.0",
        }
        return await self._egress.request(method, url, channel_id=account.channel_id, headers=headers, **parts)


def encoded(urn: str) -> str:
    return quote(urn, safe="")


def listing(urns: Sequence[str]) -> str:
    """Several, as a query holds them."""
    return f"List({','.join(encoded(one) for one in urns)})"


def organization(account: Account) -> str:
    return f"urn:li:organization:{account.account_id}"


def last(urn: str) -> str:
    """The id that a URN ends with."""
    return urn.rpartition(":")[2]


def moment(milliseconds: Any) -> datetime:
    """Raises ValueError."""
    if not isinstance(milliseconds, int):
        raise ValueError("a time is missing")  # noqa: TRY004 (what came from outside is a wrong value)
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("a time is no time") from error


def read(answer: Response) -> Found:
    """The JSON of a good answer; raises what a bad one means."""
    try:
        found = answer.json() if answer.body else {}
    except ValueError:
        found = None
    if 200 <= answer.status < 300 and isinstance(found, dict):
        return found
    raise _meaning(answer, found if isinstance(found, dict) else {})


def _meaning(answer: Response, found: Mapping[str, Any]) -> Exception:
    said = str(found.get("message") or f"HTTP {answer.status}")
    if answer.status == 401:
        return TokenLost(said)
    if answer.status == 429:
        return RateLimited(_wait(answer), said)
    if answer.status in (404, 410):
        return Gone(said)
    if 400 <= answer.status < 500:
        return Refused(said, _code(found) or str(answer.status))
    return OutcomeUnknown(f"HTTP {answer.status}")


def _code(found: Mapping[str, Any]) -> str:
    errors = nested(found, "errorDetails", "inputErrors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    return str(nested(first, "code") or found.get("code") or "")


def _wait(answer: Response) -> float:
    """Seconds, where it tells them: what it counts over a day begins anew at midnight UTC."""
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdecimal() else DEFAULT_WAIT


def _date(answer: Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None
