"""Calling X's API v2: one attempt each, and what its answers mean for us.

Problems: https://docs.x.com/x-api/fundamentals/response-codes-and-errors, read 2026-11-21. A lookup of what is not
there answers 200 with `errors` and no `data`.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Gone, RateLimited, Refused, TokenLost
from shared.networks.reading import in_utc

DEFAULT_WAIT = 300.0
GONE = ("/resource-not-found", "/not-authorized-for-resource")
TOO_MUCH = "/usage-capped"
DUPLICATE = "duplicate"

Found = dict[str, Any]


class XApi:
    """The API of the account's `base_url`. Each call raises the errors of `capabilities`, and `Gone`."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress

    async def call(self, method: str, account: Account, path: str, **parts: Any) -> Found:
        """The whole answer."""
        return read(await self._request(method, account, path, **parts))

    async def data(self, method: str, account: Account, path: str, **parts: Any) -> Found:
        """The one object of the answer."""
        found = (await self.call(method, account, path, **parts)).get("data")
        if not isinstance(found, dict):
            raise OutcomeUnknown("the answer has no data")
        return found

    async def dated(self, account: Account, path: str, **params: Any) -> tuple[Found, datetime]:
        """The whole answer with the network's own time."""
        answer = await self._request("GET", account, path, params=params)
        return read(answer), _date(answer) or datetime.now(UTC)

    async def _request(self, method: str, account: Account, path: str, **parts: Any) -> Response:
        headers = {"Authorization": f"Bearer {account.token}"}
        url = f"{account.base_url.rstrip('/')}/2/{path}"
        return await self._egress.request(method, url, channel_id=account.channel_id, headers=headers, **parts)


def read(answer: Response) -> Found:
    """The JSON of a good answer; raises what a bad one means."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    if 200 <= answer.status < 300 and isinstance(found, dict):
        if "data" not in found and "meta" not in found and (problem := _problem(found)):
            raise Gone(problem[1]) if problem[0].endswith(GONE) else Refused(problem[1], problem[0])
        return found
    raise _meaning(answer, found if isinstance(found, dict) else {})


def _meaning(answer: Response, found: Mapping[str, Any]) -> Exception:
    kind, said = _problem(found) or ("", f"HTTP {answer.status}")
    if answer.status == 401:
        return TokenLost(said)
    if answer.status == 429 or kind.endswith(TOO_MUCH):
        return RateLimited(_wait(answer), said)
    if answer.status in (404, 410):
        return Gone(said)
    if answer.status == 403 and "duplicate" in said.lower():
        return Refused(said, DUPLICATE)
    if 400 <= answer.status < 500:
        return Refused(said, kind.rpartition("/")[2] or str(answer.status))
    return OutcomeUnknown(f"HTTP {answer.status}")


def _problem(found: Mapping[str, Any]) -> tuple[str, str] | None:
    """The type and the words of what is wrong, alone or the first of several."""
    errors = found.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    kind = str(found.get("type") or first.get("type") or "")
    said = str(found.get("detail") or first.get("detail") or first.get("message") or found.get("title") or "")
    return (kind, said) if kind or said else None


def _wait(answer: Response) -> float:
    """Seconds until `x-rate-limit-reset`, in Unix seconds of the network's clock."""
    try:
        reset = float(answer.headers["x-rate-limit-reset"])
    except (KeyError, ValueError):
        return DEFAULT_WAIT
    now = _date(answer)
    return max(0.0, reset - (now.timestamp() if now else time.time()))


def _date(answer: Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def moment(text: str) -> datetime:
    """`2026-11-21T09:00:00.000Z`; raises ValueError."""
    return in_utc(datetime.fromisoformat(text))
