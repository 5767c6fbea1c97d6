"""What happens out there and in the agency while programs die: people speak, posts are planned, cases decided."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from parvis.platform import APP_ID, Platform
from tests.chaos.insisting import Insisting
from tests.chaos.plan import Plan
from tests.chaos.town import NETWORKS, Brand, pages

WAVE = 2.0  # seconds: comments are said in waves, and told at an even pace
RIPE = 1.5  # seconds after which somebody may react to a comment
A_CALL = 5  # changes a webhook


@dataclass(frozen=True, slots=True)
class Post:
    """A post that was scheduled on each of its brand's networks."""

    brand: Brand
    post_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was asked for."""

    brand: Brand
    to: str
    text: str


@dataclass(slots=True)
class Done:
    """What was asked for and accepted: what has to be found in the end. Decisions are hides, by external id."""

    posts: list[Post] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    decisions: set[str] = field(default_factory=set)
    edited: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)


class Storm:
    """Runs once. The same seed says the same things; who is chosen for what depends on what has come by then."""

    def __init__(self, platform: Platform, brands: list[Brand], plan: Plan) -> None:
        self.done = Done()
        self.insist = Insisting(2 * plan.patience + plan.frozen)
        self._platform = platform
        self._brands = brands
        self._plan = plan
        self._dice = random.Random(plan.seed)
        self._loads: list[str] = []
        self._chosen: set[str] = set()

    async def rage(self) -> None:
        """Returns when everything was said, asked for and answered."""
        plan = self._plan
        if plan.duplicates:
            await self._platform.simulator.fault("webhook_twice", APP_ID, probability=plan.duplicates)
        for operation in ("post", "reply") if plan.dropped else ():
            await self._platform.simulator.fault("drop_after", operation=operation, probability=plan.dropped)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._comments())
            tasks.create_task(self._spread(plan.mentions, self._mention))
            tasks.create_task(self._spread(plan.posts, self._post))
            for what, times in (
                (self._reply, plan.replies),
                (self._decide, plan.decisions),
                (self._edit, plan.edits),
                (self._delete, plan.deletions),
            ):
                tasks.create_task(self._spread(times, what))

    async def _comments(self) -> None:
        """A load a wave, paced so that the next one begins where it ends."""
        waves = max(1, round(self._plan.seconds / WAVE))
        for number in range(waves):
            count = self._plan.interactions * (number + 1) // waves - self._plan.interactions * number // waves
            seed = self._plan.seed * 10_000 + number
            load = await self._platform.simulator.load(
                pages(self._brands), count, per_call=A_CALL, rate=count / WAVE, seed=seed
            )
            self._loads.append(load["id"])
            await asyncio.sleep(WAVE)
        while self._loads:
            if (await self._platform.simulator.load_state(self._loads[0]))["done"]:
                self._loads.pop(0)
            else:
                await asyncio.sleep(0.2)

    async def _spread(self, times: int, act: Callable[[int], Awaitable[None]]) -> None:
        """`act` that many times at random moments of the storm; a slow one keeps no other waiting."""
        moments = sorted(self._dice.uniform(0, self._plan.seconds) for _ in range(times))
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as tasks:
            for number, moment in enumerate(moments):
                await asyncio.sleep(max(0.0, began + moment - asyncio.get_running_loop().time()))
                tasks.create_task(act(number))  # type: ignore[arg-type]

    async def _mention(self, number: int) -> None:
        brand = self._dice.choice(self._brands)
        text = f"Une question sur la commande {number}, vous livrez quand ?"
        with suppress(httpx.TransportError):  # a line that is cut after it was said: it stands there
            await self._platform.simulator.post(brand.accounts["mastodon"], text, f"Inconnu {number}")

    async def _post(self, number: int) -> None:
        brand = self._dice.choice(self._brands)
        post = Post(brand, str(uuid4()), f"Nouvelle du jour n° {number} de {brand.brand_id}.")
        renditions = [{"channel_id": brand.channels[one], "network": one, "text": post.text} for one in NETWORKS]
        draft = {"post_id": post.post_id, "title": post.text, "renditions": renditions}
        for path, body in (("posts", draft), (f"posts/{post.post_id}/submit", {})):
            if await self._command(brand, "manager", path, body) is None:
                return
        if await self._schedule(post) is not None:
            self.done.posts.append(post)

    async def _schedule(self, post: Post) -> Any:
        """In a few seconds; who hears after a long while without an answer that this has passed says another time."""
        brand, path, body, key = post.brand, f"posts/{post.post_id}/schedule", self._soon(), str(uuid4())

        def send() -> Awaitable[Any]:
            return self._platform.api.command(brand.brand_id, path, body, person=brand.people["manager"], key=key)

        async def ask() -> Any:
            nonlocal body, key
            try:
                return await send()
            except httpx.HTTPStatusError as error:
                if error.response.status_code != 422 or error.response.json().get("reason") != "past":
                    raise
            body, key = self._soon(), str(uuid4())  # what was refused was not carried out: this is another command
            return await send()

        return await self.insist(f"{path} of {brand.brand_id}", ask)

    def _soon(self) -> dict[str, Any]:
        return {"due_at": (datetime.now(UTC) + timedelta(seconds=self._dice.uniform(1, 6))).isoformat()}

    async def _reply(self, number: int) -> None:
        brand, comment = await self._choose()
        text = f"Merci pour votre message, voici notre réponse n° {number}."
        body = {"interaction_id": brand.known_as("facebook", comment["id"]), "text": text}
        if await self._command(brand, "moderator", "replies", body) is not None:
            self.done.replies.append(Reply(brand, comment["id"], text))

    async def _decide(self, number: int) -> None:
        """Somebody takes a comment down by hand."""
        brand, comment = await self._choose()
        path = f"interactions/{brand.known_as('facebook', comment['id'])}/decide"
        body = {"revision": 1, "decision": "hide", "reason": f"décision n° {number}"}
        if await self._command(brand, "moderator", path, body) is not None:
            self.done.decisions.add(comment["id"])

    async def _edit(self, number: int) -> None:
        _, comment = await self._choose()
        await self._platform.simulator.edit(comment["id"], f"{comment['text']} (corrigé, n° {number})")
        self.done.edited.add(comment["id"])

    async def _delete(self, number: int) -> None:
        _, comment = await self._choose()
        await self._platform.simulator.delete(comment["id"])
        self.done.deleted.add(comment["id"])

    async def _command(self, brand: Brand, person: str, path: str, body: dict[str, Any]) -> Any:
        key, api = str(uuid4()), self._platform.api
        return await self.insist(
            f"{path} of {brand.brand_id}",
            lambda: api.command(brand.brand_id, path, body, person=brand.people[person], key=key),
        )

    async def _choose(self) -> tuple[Brand, dict[str, Any]]:
        """A person's comment that has been there for a moment, and that nobody has been chosen for yet."""
        while True:
            brand = self._dice.choice(self._brands)
            account = brand.accounts["facebook"]
            ripe = datetime.now(UTC).timestamp() - RIPE
            found = [
                one
                for one in await self._platform.simulator.things(account)
                if one["author_id"] != account["id"] and one["created_at"] < ripe and one["id"] not in self._chosen
            ]
            if found:
                comment = self._dice.choice(found)
                self._chosen.add(comment["id"])
                return brand, comment
            await asyncio.sleep(0.5)
