"""Calls to a blog's REST API, and what its answers mean."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Gone, RateLimited, Refused, TokenLost

WAIT_WHEN_UNTOLD = 60.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Every call raises `Gone` (the object is no more), or one of the outward errors of `capabilities`."""

    egress: Egress

    async def get(self, account: Account, path: str, **params: Any) -> Response:
        """Read; always as an editor sees it, so that a token that lost its power is noticed."""
        return await self._call(account, "GET", path, params={"context": "edit", **params})

    async def post(self, account: Account, path: str, body: Mapping[str, Any]) -> Response:
        """Create or change."""
        return await self._call(account, "POST", path, json=dict(body))

    async def upload(self, account: Account, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """Create from a file's bytes."""
        return await self._call(account, "POST", path, content=body, headers=headers)

    async def delete(self, account: Account, path: str, **params: Any) -> Response:
        """Trash, or with `force` delete for good."""
        return await self._call(account, "DELETE", path, params=params)

    async def _call(
        self, account: Account, method: str, path: str, headers: Mapping[str, str] | None = None, **parts: Any
    ) -> Response:
        basic = base64.b64encode(account.token.encode()).decode()
        answer = await self.egress.request(
            method,
            f"{account.base_url.rstrip('/')}/wp-json/wp/v2/{path}",
            channel_id=account.channel_id,
            headers={"authorization": f"Basic {basic}", "accept": "application/json", **(headers or {})},
            **parts,
        )
        _judge(answer)
        return answer


def _judge(answer: Response) -> None:
    """Pass a success on; raise what anything else means."""
    said = _said(answer)
    code, message = str(said.get("code", "")), str(said.get("message", f"HTTP {answer.status}"))
    if 200 <= answer.status < 300:
        if not _is_json(answer):
            raise OutcomeUnknown("the blog answered with something that is not JSON")
    elif answer.status == 401 or _nobody_asked(said):
        raise TokenLost(message)
    elif answer.status == 429:
        raise RateLimited(_seconds(answer), message)
    elif answer.status >= 500 and code != "rest_trash_not_supported":
        raise OutcomeUnknown(f"the blog answered {answer.status}: {message}")
    elif _names_a_missing_object(answer.status, code):
        raise Gone(message)
    else:
        raise Refused(message, code or str(answer.status))


def _names_a_missing_object(status: int, code: str) -> bool:
    """A 404 page of the host, or of a blog whose REST API is off, says nothing about the object."""
    return (status == 410 and code != "") or (status == 404 and code.endswith("_invalid_id"))


def _nobody_asked(said: Mapping[str, Any]) -> bool:
    """A parameter for editors, asked for without a good token, is a 400 that hides its 401."""
    data = said.get("data")
    details = data.get("details") if isinstance(data, dict) else None
    parts = details.values() if isinstance(details, dict) else ()
    return any(isinstance(one, dict) and (one.get("data") or {}).get("status") == 401 for one in parts)


def _said(answer: Response) -> Mapping[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _is_json(answer: Response) -> bool:
    try:
        answer.json()
    except ValueError:
        return False
    return True


def _seconds(answer: Response) -> float:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdecimal() else WAIT_WHEN_UNTOLD
