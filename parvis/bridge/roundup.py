"""An escalated thread becomes an issue in a Roundup tracker, once: a keyword with the thread's id is its unique key.

Roundup's issues have no key of their own, its keywords do: who makes the keyword makes the issue. Whoever finds the
keyword without an issue waits until its maker must be dead (`PATIENCE`), and then takes over by a further keyword.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from parvis.bridge.receiver import NotNow

PATIENCE = timedelta(seconds=60)
TIMEOUT = 20.0  # of one call: less than the patience with a maker
MOST_MAKERS = 9


class Roundup:
    """The tracker's REST interface."""

    def __init__(self, http: httpx.AsyncClient, patience: timedelta = PATIENCE) -> None:
        self._http = http
        self._patience = patience

    async def escalated(self, case: Mapping[str, Any]) -> None:
        """The issue is there when this returns; `NotNow` where that is not certain."""
        name = f"parvis-{case['place']['thread_id']}"
        for maker in range(1, MOST_MAKERS):
            claim = name if maker == 1 else f"{name}-{maker}"
            if await self._claims(claim):
                await self._make(name, case)
                return
            if await self._known(name):
                return
            await self._wait_for(claim)
        raise NotNow("this thread's issue was begun too often")

    async def _claims(self, name: str) -> bool:
        """Whether this call made the keyword: the tracker lets one alone."""
        return (await self._call("POST", "keyword", json={"name": name})).status_code != httpx.codes.CONFLICT

    async def _known(self, name: str) -> bool:
        found = await self._call("GET", "issue", params={"keyword": name})
        return bool(found.json()["data"]["collection"])

    async def _wait_for(self, claim: str) -> None:
        """`NotNow` while whoever made the keyword may still make the issue, by the tracker's own clock."""
        found = await self._call("GET", "keyword", params={"name": claim, "@fields": "creation"})
        rows = found.json()["data"]["collection"]
        began = datetime.strptime(rows[0]["creation"], "%Y-%m-%d.%H:%M:%S").replace(tzinfo=UTC)
        if parsedate_to_datetime(found.headers["date"]) - began <= self._patience:  # both in whole seconds
            raise NotNow("another is writing this thread's issue")

    async def _make(self, name: str, case: Mapping[str, Any]) -> None:
        me = self._http.auth.user if isinstance(self._http.auth, Login) else ""
        message = await self._call("POST", "msg", json={"content": text_of(case), "author": me, "recipients": []})
        issue = {"title": title_of(case), "keyword": [name], "messages": [message.json()["data"]["id"]]}
        (await self._call("POST", "issue", json=issue)).raise_for_status()

    async def _call(self, method: str, kind: str, **parts: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, f"/rest/data/{kind}", **parts)
        except httpx.HTTPError as trouble:
            raise NotNow(f"the tracker: {type(trouble).__name__}") from trouble
        if answer.status_code != httpx.codes.CONFLICT and answer.is_error:
            raise NotNow(f"the tracker answered {answer.status_code}")
        return answer


class Login(httpx.BasicAuth):
    """Name and password; the name is the author of messages."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__(user, password)
        self.user = user


def client(url: str, user: str, password: str) -> httpx.AsyncClient:
    """A client of the tracker: it takes writes only from its own pages, or who says so."""
    origin = url.rstrip("/")
    own = {"X-Requested-With": "rest", "Origin": origin, "Referer": f"{origin}/"}
    return httpx.AsyncClient(base_url=origin, auth=Login(user, password), headers=own, timeout=TIMEOUT, trust_env=False)


def title_of(case: Mapping[str, Any]) -> str:
    """One line."""
    return f"{case['to']}: {case.get('why') or 'escalated'}"[:200]


def text_of(case: Mapping[str, Any]) -> str:
    """What a person needs to look at it."""
    place = case["place"]
    lines = [f"Escalated by {case['person']} to {case['to']}.", case.get("why", ""), place.get("permalink", "")]
    facts = [f"{place['network']}, thread {place['thread_id']}", f"case {case['case_id']}, brand {case['brand_id']}"]
    return "\n".join(line for line in [*lines, "", *facts])
