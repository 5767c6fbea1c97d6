"""The words of the browser stories: a town with a brand, and a person at a desk before a window."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from parvis.platform import Platform

PASSWORD = "a long pass phrase"
PICTURES = Path(__file__).parents[2] / ".parvis" / "pictures"
PATIENCE = 45_000
EXPECTED = ("401", "409", "422")  # what a page may be answered with in the course of a story


@dataclass(frozen=True)
class Town:
    """A brand and its simulated accounts."""

    platform: Platform
    brand: str
    mark: str
    accounts: Mapping[str, Mapping[str, Any]]
    walls: dict[str, str] = field(default_factory=dict)

    async def hears(self, text: str, author: str, network: str = "facebook", **more: Any) -> str:
        """Somebody says something under the brand's post (`more`: its media); the network's id of it."""
        simulator, account = self.platform.simulator, dict(self.accounts[network])
        if network not in self.walls:
            self.walls[network] = (await simulator.post(account, "Good morning from the shore"))["id"]
        said = await simulator.comment(account, text, author, post=self.walls[network], **more)
        return str(said["id"])

    async def stands(self, said: str) -> None:
        """Wait until the console has it with its verdict: a list that is open never changes by itself."""
        for _ in range(PATIENCE // 100):
            items = await self.platform.api.inbox(self.brand)
            if any(item["external_id"] == said and item["verdict"] for item in items):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{said} is not in the inbox")

    async def things(self, network: str) -> list[dict[str, Any]]:
        """All that stands on the network now."""
        return await self.platform.simulator.things(dict(self.accounts[network]))


class Desk:
    """A person before a page. Console errors, refused resources and failed requests are complaints."""

    def __init__(self, page: Page, town: Town) -> None:
        self.page = page
        self.town = town
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", lambda message: self._listen(message.type, message.text, message.location["url"]))

    async def sign_in(self, login: str) -> None:
        """Through the form, with the keyboard."""
        await self.go("/sign-in?next=%2Fall%2Finbox")
        await self.page.fill("#login", f"{login}-{self.town.mark}")
        await self.page.fill("#password", PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url("**/inbox")

    async def speaks(self, language: str) -> None:
        """Choose the console's language; it is kept for the person."""
        await self.page.click(".ava-me")
        await self.page.locator(f"#me input[name=language][value={language}]").check()
        await self.sees({"fr": "Boîte", "en": "Inbox"}[language], ".doors")

    async def go(self, path: str) -> None:
        """Open an address."""
        await self.page.goto(self.town.platform.urls["console"] + path)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def begins_to_answer(self, word: str, text: str) -> None:
        """With the keyboard: the first conversation that the word finds is opened, and the text stands in its field."""
        await self.go(f"/all/inbox?q={word}")
        await self.page.wait_for_selector("a[data-row]")
        await self.press("j")
        await self.page.wait_for_selector("#open.chosen .reply")
        await self.press("r")
        await self.page.keyboard.type(text)

    async def sees(self, text: str, within: str = "body") -> None:
        """Wait until the text stands there."""
        await expect(self.page.locator(within)).to_contain_text(text)

    async def misses(self, text: str, within: str) -> None:
        """Wait until it no longer does."""
        await expect(self.page.locator(within)).not_to_contain_text(text)

    async def picture(self, name: str) -> None:
        """Keep what the window shows; nothing may stick out to the right."""
        await self.page.screenshot(path=str(PICTURES / f"{name}.png"), caret="initial", animations="disabled")
        wide = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is {wide} px too wide"

    def _listen(self, kind: str, text: str, url: str) -> None:
        if kind == "error" and not any(f"status of {status}" in text for status in EXPECTED):
            self.complaints.append(f"{text} ({url})")


async def eventually(look: Callable[[], Awaitable[bool]], within: float = 40) -> None:
    """Wait until it is so."""
    for _ in range(int(within * 5)):
        if await look():
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"not so within {within:g} s")
