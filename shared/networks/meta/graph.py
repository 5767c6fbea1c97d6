"""Calling the Graph API: one attempt each, and what its errors mean for us.

Codes: https://developers.facebook.com/docs/graph-api/guides/error-handling, read 2026-11-21.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Gone, RateLimited, Refused, TokenLost
from shared.networks.reading import in_utc

TOKEN_CODES = frozenset({102, 190})
RATE_CODES = frozenset({4, 17, 32, 341, 368, 613, 1390008, 2207042, *range(80000, 80015)})
TRANSIENT_CODES = frozenset({1, 2})
DUPLICATE_CODE = 506
NOT_THERE = (100, 33)  # "does not exist, or missing permissions": Graph does not say which
UNKNOWN_ALIAS = 803
LESS = (1, "reduce the amount of data")  # Graph has no number of its own for it
DEFAULT_WAIT = 300.0

GraphObject = dict[str, Any]


class TooMuchAsked(OutcomeUnknown):
    """Graph wants to give fewer objects in one answer."""


class Graph:
    """The Graph of the account's `base_url`; the token goes in a header, where no log of addresses shows it."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress

    async def get(self, account: Account, path: str, **params: Any) -> GraphObject:
        """Raises as `post`, and `Gone`."""
        found, _ = await self.get_dated(account, path, **params)
        return found

    async def get_dated(self, account: Account, path: str, **params: Any) -> tuple[GraphObject, datetime | None]:
        """The answer with the network's own time."""
        answer = await self._call("GET", account, path, params=params)
        return _read(answer), _date(answer)

    async def post(self, account: Account, path: str, **fields: Any) -> GraphObject:
        """Raises `Refused`, `RateLimited`, `TokenLost`, `NotSent`, `OutcomeUnknown`, `Gone`."""
        return _read(await self._call("POST", account, path, data=fields))

    async def delete(self, account: Account, path: str) -> GraphObject:
        """As `post`."""
        return _read(await self._call("DELETE", account, path))

    async def prove_access(self, account: Account) -> None:
        """Graph says the same for what is gone and for what we may not see: only an account that we can read counts."""
        try:
            await self.get(account, account.account_id, fields="id")
        except Gone as error:
            raise Refused("the account itself cannot be read: permissions are missing", "100/33") from error

    async def _call(self, method: str, account: Account, path: str, **parts: Any) -> Response:
        return await self._egress.request(
            method,
            f"{account.base_url.rstrip('/')}/{path}",
            channel_id=account.channel_id,
            headers={"Authorization": f"Bearer {account.token}"},
            **parts,
        )


def _read(answer: Response) -> GraphObject:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if 200 <= answer.status < 300 and isinstance(found, dict) and "error" not in found:
        return found
    raise _meaning(answer, found)


def _meaning(answer: Response, found: Any) -> Exception:
    """What an error answer says about what happened: only a clear refusal counts as one."""
    error = found.get("error") if isinstance(found, dict) else None
    if not isinstance(error, dict):
        return _without_words(answer)
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    said = f"Graph error {code}" + (f"/{subcode}" if subcode else "")
    if code in TOKEN_CODES:
        return TokenLost(said)
    if code in RATE_CODES or subcode in RATE_CODES:
        return RateLimited(_wait(answer), said)
    if (code, subcode) == NOT_THERE or code == UNKNOWN_ALIAS:
        return Gone(said)
    if code == DUPLICATE_CODE:
        # it says that the same text stands there already: perhaps our own, from a call whose answer was lost
        return OutcomeUnknown(f"{said}: the same post is there already")
    if code == LESS[0] and LESS[1] in str(error.get("message")):
        return TooMuchAsked(said)
    if answer.status >= 500 or code in TRANSIENT_CODES or error.get("is_transient"):
        return OutcomeUnknown(said)
    return Refused(str(error.get("message") or said), str(code))


def _without_words(answer: Response) -> Exception:
    if answer.status == 401:
        return TokenLost("HTTP 401")
    if answer.status == 429:
        return RateLimited(_wait(answer))
    if 400 <= answer.status < 500:
        return Refused(f"HTTP {answer.status}", str(answer.status))
    return OutcomeUnknown(f"HTTP {answer.status} without a Graph answer")


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _wait(answer: Response) -> float:
    """Seconds until the page may call again: `Retry-After`, or the minutes in Meta's own usage header."""
    if (told := answer.headers.get("retry-after", "")).isdecimal():
        return float(told)
    return _usage_wait(answer.headers) or DEFAULT_WAIT


def _usage_wait(headers: Mapping[str, str]) -> float:
    try:
        usage = json.loads(headers.get("x-business-use-case-usage", "{}"))
        minutes = [use["estimated_time_to_regain_access"] for uses in usage.values() for use in uses]
        wait = max((float(one) for one in minutes), default=0.0) * 60
    except (ValueError, TypeError, KeyError, AttributeError):
        return 0.0
    return wait if math.isfinite(wait) else 0.0


def _date(answer: Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def moment(text: str) -> datetime:
    """Graph's `2021-07-21T21:05:14+0000`; raises ValueError."""
    return in_utc(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z"))
