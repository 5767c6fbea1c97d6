"""The words that the stories are told in: a brand, the people who address it, and what they and we can see."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from parvis.platform import APPS, Platform, connect
from shared.events.ids import interaction_id

T = TypeVar("T")
State = dict[str, Any]
PATIENCE = 60.0
# Seconds between two looks: each keeps a service from what is waited for, so a long wait looks less often.
SOON, LATER = 0.05, 0.25


async def eventually(look: Callable[[], Awaitable[T | None]], what: str, within: float = PATIENCE) -> T:
    """The first truthy answer of `look`; fails saying `what` did not come, and what was seen last."""
    deadline = time.monotonic() + within
    seen: Any = None
    pause = SOON
    while time.monotonic() < deadline:
        seen = await look()
        if seen:
            return seen
        await asyncio.sleep(pause)
        pause = min(pause * 1.25, LATER)
    raise AssertionError(f"{what} did not happen within {within:g} s; last seen: {seen!r}")


async def once_heard(ask: Callable[[], Awaitable[State]], what: str) -> State:
    """What a service answers that learns by an event of what was just connected: until then it is 404."""

    async def look() -> State | None:
        try:
            return await ask()
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.NOT_FOUND:
                raise
            return None

    return await eventually(look, what)


async def never(look: Callable[[], Awaitable[Any]], what: str, during: float) -> None:
    """Fails as soon as `look` answers something truthy."""
    deadline = time.monotonic() + during
    while time.monotonic() < deadline:
        seen = await look()
        assert not seen, f"{what}: {seen!r}"
        await asyncio.sleep(LATER)


@dataclass(slots=True)
class Brand:
    """A brand of the stories with its simulated channels."""

    platform: Platform
    agency_id: str
    brand_id: str
    accounts: dict[str, State] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    posts: dict[str, State] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    door: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def person(self, role: str) -> str:
        """The login of the moderator, say, or of the `second manager`; who is asked for first joins first."""
        async with self.door:  # to hash a password takes longer than many a story's command
            if role not in self.people:
                login = f"{role.replace(' ', '-')}-{self.brand_id}@example.test"
                rights = {self.brand_id: role.removeprefix("second ")}
                facts = {"agency_id": self.agency_id, "name": role, "language": "fr", "roles": rights}
                await self.platform.api.member(login, password=uuid4().hex, **facts)
                self.people[role] = login
        return self.people[role]

    async def wall(self, network: str = "facebook") -> State:
        """A post of the brand's own that people answer to; one a network."""
        if network not in self.posts:
            account = self.accounts[network]
            self.posts[network] = await self.platform.simulator.post(account, "Bonjour à toutes et à tous")
        return self.posts[network]

    async def hears(self, text: str, author: str = "Camille Leroy", network: str = "facebook", **more: Any) -> "Said":
        """Somebody says `text` under the brand's post."""
        wall = await self.wall(network)
        said = await self.platform.simulator.comment(
            self.accounts[network], text, author, **({"post": wall["id"]} | more)
        )
        return Said(self, network, said["id"])

    async def listens(self) -> "Said":
        """Waits until a webhook of Facebook's is heard, and gives what it told: one that is quicker than the news of
        its channel is nobody's, and where no poll works nobody will tell of it again."""
        for _ in range(12):
            said = await self.hears("Bonjour, êtes-vous là ?")
            with suppress(AssertionError):
                await said.until(lambda item: item["verdict"], "a verdict", within=5)
                return said
        raise AssertionError("no webhook is heard")

    async def command(self, path: str, body: Any = None, person: str = "moderator", key: str = "") -> State:
        """A person's command."""
        login = await self.person(person)
        return await self.platform.api.command(self.brand_id, path, body, person=login, key=key)

    async def drafts(self, text: str, *networks: str) -> State:
        """A manager writes a post, as soon as publisher has heard of the channels."""
        of_each = networks or tuple(self.channels)
        renditions = [{"channel_id": self.channels[one], "network": one, "text": text} for one in of_each]
        draft = {"title": text[:40], "renditions": renditions}
        return await once_heard(lambda: self.command("posts", draft, "manager"), "publisher hears of the channels")

    async def plans(self, text: str, *networks: str, due_at: str | None = None) -> str:
        """A post is written, approved by a second person, and sent now or scheduled; its id."""
        post = await self.drafts(text, *networks)
        await self.command(f"posts/{post['post_id']}/submit", {}, "manager")
        await self.command(f"posts/{post['post_id']}/approve", {}, "second manager")
        if due_at is None:
            await self.command(f"posts/{post['post_id']}/send", {}, "manager")
        else:
            await self.command(f"posts/{post['post_id']}/schedule", {"due_at": due_at}, "manager")
        return str(post["post_id"])

    async def post_in_state(self, post_id: str, state: str, within: float = PATIENCE) -> State:
        """Waits until console shows the post in that state."""

        async def look() -> State | None:
            post = await self.platform.api.post(self.brand_id, post_id)
            return post if post and post["state"] == state else None

        return await eventually(look, f"post {state}", within)

    async def on_the_wall(self, network: str, text: str) -> list[State]:
        """The things with that text that stand on the network now."""
        things = await self.platform.simulator.things(self.accounts[network])
        return [one for one in things if text in one["text"]]


@dataclass(frozen=True, slots=True)
class Said:
    """Something a person said on a simulated network."""

    brand: Brand
    network: str
    external_id: str

    @property
    def interaction_id(self) -> str:
        """Our id of it."""
        return interaction_id(self.network, self.brand.channels[self.network], self.external_id)

    async def there(self) -> State:
        """As it stands on the network."""
        return await self.brand.platform.simulator.thing(self.external_id)

    async def shown(self) -> State | None:
        """As the inbox shows it; None while it is not there."""
        return await self.brand.platform.api.interaction(self.brand.brand_id, self.interaction_id)

    async def until(self, holds: Callable[[State], Any], what: str, within: float = PATIENCE) -> State:
        """Waits until the inbox shows it so."""

        async def look() -> State | None:
            item = await self.shown()
            return item if item and holds(item) else None

        return await eventually(look, what, within)

    async def judged(self, revision: int = 1) -> State:
        """Waits for the verdict on that revision."""
        return await self.until(
            lambda item: item["verdict"] and item["verdict"]["revision"] >= revision, f"a verdict on {revision}"
        )

    async def until_hidden(self, hidden: bool = True, within: float = PATIENCE) -> State:
        """Waits until the network itself hides (or shows) it."""

        async def look() -> State | None:
            thing = await self.there()
            return thing if bool(thing["hidden"]) is hidden else None

        return await eventually(look, "hidden on the network" if hidden else "shown on the network", within)

    async def case(self) -> State:
        """Waits for its case."""
        return (await self.until(lambda item: item["case"], "a case"))["case"]

    async def edit(self, text: str) -> None:
        """Its author changes it."""
        await self.brand.platform.simulator.edit(self.external_id, text)

    async def delete(self) -> None:
        """Its author deletes it."""
        await self.brand.platform.simulator.delete(self.external_id)


async def found_brand(platform: Platform, *networks: str, agency_id: str = "", **facts: Any) -> Brand:
    """A fresh agency's brand with connected channels."""
    brand_id = f"brand-{uuid4().hex[:8]}"
    agency = agency_id or f"agency-{uuid4().hex[:8]}"
    api = platform.api
    await api.agency(agency, name="Agence Rivage")
    facts = {"name": "Kerlann", "timezone": "Europe/Paris", "languages": ["fr", "en"], "approval": "one"} | facts
    await api.brand(brand_id, agency_id=agency, **facts)
    brand = Brand(platform, agency, brand_id)
    for network in networks or ("facebook",):
        more = {"app_id": APPS[network]} if network in APPS else {}
        account = await platform.simulator.account(network, f"Kerlann {brand_id}", **more)
        brand.accounts[network] = account
        brand.channels[network] = await connect(platform, brand_id, account)
    return brand
