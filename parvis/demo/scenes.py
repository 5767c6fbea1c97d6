"""The story's scenes: what people out there and members of the agency do, each waited for until it is true."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from parvis.demo.neighbours import Neighbours
from parvis.demo.patience import eventually
from parvis.demo.people import MODERATOR, SECOND_MODERATOR
from parvis.demo.plans import Plan, saying
from parvis.demo.posting import write
from parvis.demo.script import APOLOGY, REAL, Said
from parvis.demo.seed import House
from parvis.demo.steps import Tell
from parvis.platform import Platform
from shared.events.ids import interaction_id

State = dict[str, Any]
Look = Callable[[], Awaitable[State | None]]
AT_ONCE = 6
DUE_IN = timedelta(seconds=4)
OUTCOMES_OF_PEOPLE = ("hide", "allow")


@dataclass(slots=True)
class Stage:
    """What the scenes share: the brands, their posts on the networks, and the ids of what was said there."""

    platform: Platform
    houses: dict[str, House]
    mark: str
    neighbours: Neighbours | None = None
    posts: dict[str, dict[str, str]] = field(default_factory=dict)
    ids: dict[Said, str] = field(default_factory=dict)
    elsewhere: list[State] = field(default_factory=list)

    def ours(self, said: Said) -> str:
        """Our id of what was said."""
        channel = self.houses[said.brand_id].channels[said.network]
        return interaction_id(said.network, channel, self.ids[said])

    async def say(self, said: Said) -> None:
        """Somebody says it under the brand's post; what real networks saw is written down as the simulator does."""
        account = dict(self.houses[said.brand_id].accounts[said.network])
        post = self.posts.get(said.brand_id, {}).get(said.network, "")
        if self.neighbours is not None and said.network in REAL:
            self.ids[said] = await self.neighbours.say(said.network, said.text, said.author, post)
            line = {"account": account["id"], "subject": self.ids[said], "author": said.author}
            self.elsewhere.append({"event": "create", **line})
            return
        made = await self.platform.simulator.comment(account, said.text, said.author, post=post, language=said.language)
        self.ids[said] = made["id"]

    def seen(self, said: Said) -> Look:
        """How the inbox shows it."""
        return lambda: self.platform.api.interaction(said.brand_id, self.ours(said))

    async def until(self, said: Said, holds: Callable[[State], Any], what: str) -> State:
        """The inbox's item as soon as it holds."""

        async def look() -> State | None:
            item = await self.seen(said)()
            return item if item and holds(item) else None

        return await eventually(look, f"{said.brand_id}: {what}: {said.text[:50]!r}")


async def publish(stage: Stage, tell: Tell) -> None:
    """A post a brand, on both networks; one network takes its post and drops the line before it says so."""
    unlucky = next(iter(stage.houses.values()))
    await stage.platform.simulator.fault(
        "drop_after", str(unlucky.accounts["facebook"]["id"]), operation="post", times=1
    )
    due = datetime.now(UTC) + DUE_IN
    plans = [
        Plan(f"story-{stage.mark}-{house.brand_id}", house.brand_id, saying(house.brand, int(stage.mark, 16)), due)
        for house in stage.houses.values()
    ]
    await _each(plans, lambda plan: write(stage.platform, stage.houses[plan.brand_id], plan))
    tell(f"{len(plans)} posts scheduled")

    async def published(plan: Plan) -> None:
        async def look() -> State | None:
            post = await stage.platform.api.post(plan.brand_id, plan.post_id)
            return post if post and post["state"] == "published" else None

        post = await eventually(look, f"{plan.brand_id}: its post published on both networks")
        stage.posts[plan.brand_id] = {one["network"]: one["remote_id"] for one in post["deliveries"]}

    await _each(plans, published)


async def talk(stage: Stage, said: Sequence[Said], tell: Tell) -> None:
    """People answer the brands' posts."""
    for number, one in enumerate(said, start=1):
        await stage.say(one)
        tell(f"{number} of {len(said)}")


async def judge(stage: Stage, tell: Tell) -> None:
    """Every one of them is in the inbox with its verdict."""
    done = 0

    async def judged(one: Said) -> None:
        nonlocal done
        await stage.until(one, lambda item: item["verdict"], "in the inbox and judged")
        done += 1
        tell(f"{done} of {len(stage.ids)}")

    await _each(list(stage.ids), judged)


async def hide(stage: Stage, tell: Tell) -> None:
    """Insults are hidden on the network, each with a case for a person."""
    insults = [one for one in stage.ids if one.part in ("insult", "mended")]

    async def hidden(one: Said) -> None:
        await stage.until(one, lambda item: item["case"], "a case for a person")
        await stage.until(one, lambda item: _taken(item, "hide"), "hidden on its network")

    await _each(insults, hidden)
    tell(str(len(insults)))


async def answer(stage: Stage, tell: Tell) -> None:
    """A moderator answers each question."""
    questions = [one for one in stage.ids if one.part == "question"]

    async def answered(one: Said) -> None:
        body = {"interaction_id": stage.ours(one), "text": one.answer}
        await _command(stage, one, "replies", body)
        item = await stage.until(one, lambda item: item["answered_at"] and _answers(item), "answered on its network")
        await _look_there(stage, one, item)

    await _each(questions, answered)
    tell(f"{len(questions)} questions")


async def decide(stage: Stage, tell: Tell) -> None:
    """A moderator confirms each first insult's case, and hides one complaint only to take it back in time."""
    insults = _firsts(one for one in stage.ids if one.part == "insult")

    async def decided(one: Said) -> None:
        item = await stage.until(one, lambda item: item["case"], "a case for a person")
        body = {"revision": item["revision"], "decision": "hide", "reason": "insult"}
        await _command(stage, one, f"cases/{item['case']['case_id']}/decide", body)
        await stage.until(one, lambda item: item["case"]["state"] in ("decided", "closed"), "decided")

    await _each(insults, decided)
    taken_back = next(one for one in stage.ids if one.part == "complaint")
    await _change_mind(stage, taken_back)
    tell(f"{len(insults)} decided, one taken back")


async def think_again(stage: Stage, tell: Tell) -> None:
    """An author mends an insult, which is judged again and shown again; another deletes what they said."""
    mended = next(one for one in stage.ids if one.part == "mended")
    await stage.platform.simulator.edit(stage.ids[mended], APOLOGY[mended.language])
    await stage.until(mended, lambda item: item["revision"] >= 2 and _verdict_of(item) >= 2, "judged again")

    async def shown() -> bool:
        return not (await stage.platform.simulator.thing(stage.ids[mended]))["hidden"]

    await eventually(shown, f"{mended.brand_id}: the mended comment shown again")
    regretted = next(one for one in stage.ids if one.part == "regretted")
    await stage.platform.simulator.delete(stage.ids[regretted])
    await stage.until(regretted, lambda item: item["deleted"], "gone from the inbox as well")
    tell("one edited, one deleted")


async def _look_there(stage: Stage, one: Said, item: State) -> None:
    """What the simulator writes into its ledger is looked for on a real network, and written down."""
    if stage.neighbours is None or one.network not in REAL:
        return
    answer = _answers(item)[0]
    if await stage.neighbours.stands(one.network, answer):
        account = stage.houses[one.brand_id].accounts[one.network]["id"]
        line = {"account": account, "author": account, "parent": stage.ids[one], "subject": answer}
        stage.elsewhere.append({"event": "create", "via": "api", **line})


async def _change_mind(stage: Stage, one: Said) -> None:
    body = {"revision": 1, "decision": "hide", "reason": "a slip of the finger"}
    state = await _command(stage, one, f"interactions/{stage.ours(one)}/decide", body)
    await _command(stage, one, f"cases/{state['case_id']}/undo", {})


def _answers(item: State) -> list[str]:
    """The networks' ids of what we answered."""
    return [str(reply["remote_id"]) for reply in item["replies"] if reply.get("remote_id")]


def _firsts(said: Iterable[Said]) -> list[Said]:
    by_brand: dict[str, Said] = {}
    for one in said:
        by_brand.setdefault(one.brand_id, one)
    return list(by_brand.values())


def _taken(item: State, action: str) -> bool:
    return any(one["action"] == action and one.get("result") in ("done", "already") for one in item["actions"])


def _verdict_of(item: State) -> int:
    return int((item["verdict"] or {}).get("revision", 0))


async def _command(stage: Stage, one: Said, path: str, body: State) -> State:
    person = MODERATOR if one.language == "fr" else SECOND_MODERATOR
    return await stage.platform.api.command(one.brand_id, path, body, person=person.login)


async def _each(things: Sequence[Any], act: Callable[[Any], Awaitable[None]]) -> None:
    """A few at a time; at the first trouble the others are left, and it is raised."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(thing: Any) -> None:
        async with few:
            await act(thing)

    tasks = [asyncio.create_task(one(thing)) for thing in things]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
