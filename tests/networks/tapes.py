"""Recorded answers of real networks: with `RECORD_TAPES=1` they are asked anew, else the tape answers.

A tape holds each call's method and path with the answer, and what the story was given at the time: the account (its
token left out), ids, and the moment. Played back, a story must make the same calls in the same order.
"""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from shared.egress import Egress, Response
from shared.networks.capabilities import Account

KEPT_HEADERS = ("content-type", "x-wp-total", "x-wp-totalpages", "etag", "last-modified", "retry-after")
NEVER = 9_999_999_999


@dataclass(slots=True)
class Tape:
    """Stands where the egress stands. `asked` is what was asked, for a test to look at."""

    path: Path
    real: Egress | None = None
    given_then: dict[str, Any] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    @classmethod
    def at(cls, path: Path, real: Egress | None) -> "Tape":
        """An empty tape to record on, or the recorded one."""
        if real is not None:
            return cls(path, real)
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(path, None, kept["given"], kept["calls"])

    async def given(self, name: str, make: Callable[[], Awaitable[Any]]) -> Any:
        """What others did or chose beforehand: done when recording, remembered when playing."""
        if self.real is not None and name not in self.given_then:
            self.given_then[name] = await make()
        return self.given_then[name]

    async def account(self, make: Callable[[], Account]) -> Account:
        """The channel's account, with no token but on the real line."""

        async def public() -> dict[str, str]:
            account = make()
            return {"account_id": account.account_id, "base_url": account.base_url}

        values = await self.given("account", public)
        return make() if self.real else Account("channel", "brand", token="someone:on a tape", **values)

    async def moment(self) -> datetime:
        """When the story was recorded: its now."""

        async def now() -> str:
            return datetime.now(UTC).isoformat(timespec="milliseconds")

        return datetime.fromisoformat(await self.given("moment", now))

    async def request(self, method: str, url: str, **parts: Any) -> Response:
        """As `Egress.request`."""
        address = httpx.Request(method, url, params=parts.get("params")).url
        path = address.raw_path.decode()
        self.asked.append((method, address.path, parts.get("json")))
        if self.real is not None:
            answer = await self.real.request(method, url, **parts)
            self.calls.append(_kept(method, path, answer))
            return answer
        expected = self.calls[len(self.asked) - 1]
        assert [expected["method"], expected["path"]] == [method, path]
        return Response(expected["status"], expected["headers"], expected["body"].encode(), url)

    def times(self, method: str, ending: str) -> int:
        """How often a path that ends so was asked."""
        return sum(1 for asked, path, _ in self.asked if asked == method and path.endswith(ending))

    def bodies(self, ending: str) -> list[Any]:
        """What was sent to paths that end so."""
        return [body for _, path, body in self.asked if body is not None and path.endswith(ending)]

    def keep(self) -> None:
        """Write what was recorded."""
        if self.real is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"given": self.given_then, "calls": self.calls}, ensure_ascii=False, indent=1)
            self.path.write_text(text + "\n", encoding="utf-8")


def _kept(method: str, path: str, answer: Response) -> dict[str, Any]:
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    body = answer.text
    if "Jwt" in body:
        body = json.dumps({**answer.json(), "accessJwt": no_token(), "refreshJwt": no_token()})
    return {"method": method, "path": path, "status": answer.status, "headers": headers, "body": body}


def no_token() -> str:
    """Looks like a session's token, ends in the far future, opens nothing."""
    body = base64.urlsafe_b64encode(json.dumps({"exp": NEVER}).encode()).decode().rstrip("=")
    return f"tape.{body}.tape"
