"""A browser, as far as stories about pages need one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx

PASSWORD = "a long pass phrase"


@dataclass
class Visitor:
    """A browser."""

    client: httpx.AsyncClient
    csrf: str = ""

    async def sign_in(self, login: str, password: str = PASSWORD) -> "Visitor":
        """Through the form."""
        answer = await self.send("/sign-in", {"login": login, "password": password})
        assert answer.status_code == 303, answer.text
        await self.see("/")
        return self

    async def see(self, path: str, *, part: bool = False, status: int = 200) -> str:
        """A page (or a part of one) as its reader sees it: unescaped, spaces joined."""
        answer = await self.open(path, part=part)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        return seen(answer.text)

    async def open(self, path: str, *, part: bool = False) -> httpx.Response:
        """The answer itself; redirects are followed."""
        headers = {"HX-Request": "true"} if part else {}
        answer = await self.client.get(path, headers=headers, follow_redirects=True)
        found = re.search(r'"X-CSRF-Token": "([^"]+)"', unescape(answer.text))
        self.csrf = found[1] if found else self.csrf
        return answer

    async def send(self, path: str, form: Mapping[str, Any] | None = None, **more: Any) -> httpx.Response:
        """A form, as a browser sends it from our own page."""
        headers = {"Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
        return await self.client.post(path, data={"csrf": self.csrf, **(form or {})}, headers=headers)

    async def act(self, path: str, form: Mapping[str, Any] | None = None, status: int = 200) -> str:
        """An act by htmx; what it answers, as seen."""
        headers = {"HX-Request": "true", "X-CSRF-Token": self.csrf}
        answer = await self.send(path, form, headers=headers)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        return seen(answer.text)


def seen(html: str) -> str:
    """What a reader sees of a page."""
    text = re.sub(r"<[^>]+>", " ", html)
    return re.sub(r"[ \n]+", " ", unescape(text))
