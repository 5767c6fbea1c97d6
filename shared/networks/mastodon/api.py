"""Calling a Mastodon server: one attempt each, and what its answers mean for us."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Gone, RateLimited, Refused, TokenLost
from shared.networks.reading import in_utc

DEFAULT_WAIT = 300.0

Entity = dict[str, Any]


class MastodonApi:
    """The API of the account's `base_url`. Each call raises the errors of `capabilities`, and `Gone`."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress

    async def entity(self, method: str, account: Account, path: str, **parts: Any) -> Entity:
        """One object."""
        found = read(await self.call(method, account, path, **parts))
        if not isinstance(found, dict):
            raise OutcomeUnknown("the answer is no object")
        return found

    async def listed(self, account: Account, path: str, **params: Any) -> tuple[list[Entity], datetime]:
        """A list, newest first, with the server's own time."""
        answer = await self.call("GET", account, path, params=params)
        found = read(answer)
        if not isinstance(found, list):
            raise OutcomeUnknown("the answer is no list")
        return found, _date(answer) or datetime.now(UTC)

    async def call(self, method: str, account: Account, path: str, **parts: Any) -> Response:
        headers = {"Authorization": f"Bearer {account.token}", **parts.pop("headers", {})}
        url = f"{account.base_url.rstrip('/')}/api/{path}"
        return await self._egress.request(method, url, channel_id=account.channel_id, headers=headers, **parts)


def read(answer: Response) -> Any:
    """The JSON of a good answer; raises what a bad one means."""
    if 200 <= answer.status < 300:
        try:
            return answer.json()
        except ValueError as error:
            raise OutcomeUnknown("the answer is no JSON") from error
    if answer.status == 401:
        raise TokenLost(_said(answer))
    if answer.status in (404, 410):
        raise Gone(_said(answer))
    if answer.status == 429:
        raise RateLimited(_wait(answer))
    if 400 <= answer.status < 500:
        raise Refused(_said(answer), str(answer.status))
    raise OutcomeUnknown(f"HTTP {answer.status}")


def _said(answer: Response) -> str:
    """`{"error": text}`, which every server of this family sends."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    said = found.get("error") if isinstance(found, dict) else None
    return str(said or f"HTTP {answer.status}")


def _wait(answer: Response) -> float:
    """Seconds until `X-RateLimit-Reset`, an ISO time of the server's clock; there is no Retry-After."""
    reset, now = _moment(answer.headers), _date(answer)
    return max(0.0, (reset - now).total_seconds()) if reset and now else DEFAULT_WAIT


def _moment(headers: Mapping[str, str]) -> datetime | None:
    try:
        return datetime.fromisoformat(headers["x-ratelimit-reset"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def _date(answer: Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def moment(text: str) -> datetime:
    """`2026-11-21T09:00:00.000Z`; raises ValueError."""
    return in_utc(datetime.fromisoformat(text))
