"""One trace from a network's call to what is done about it on the network."""

import asyncio
import time
from collections import defaultdict
from uuid import uuid4

import httpx

from parvis.platform import APP_ID, Platform, callback
from parvis.simulator import graph_shapes, webhooks
from parvis.simulator.records import Account
from parvis.simulator.records import Said as Thing
from shared.bus.envelope import Received
from shared.bus.reader import GrouplessReader
from shared.events.event import Event
from shared.events.topics import ACTIONS, INTERACTIONS, VERDICTS, Topic
from tests.flows.town import Brand, Said, eventually, found_brand

INSULT = "Vous êtes une bande de connards, bande d'abrutis finis"
TOLD = ("InteractionReceived", "InteractionJudged", "CaseOpened", "ActionTaken")


async def test_webhook_verdict_and_hide_are_one_trace(platform: Platform, kafka: str) -> None:
    """Whoever follows the trace of the call finds what was heard, how it was judged, and that it was hidden."""
    brand = await found_brand(platform)
    said, trace = await only_by_our_call(brand), uuid4().hex
    await call(said, f"00-{trace}-00f067aa0ba902b7-01")
    await said.until_hidden()
    await said.until(lambda item: any(act["action"] == "hide" for act in item["actions"]), "the action in the inbox")
    told = await stated(kafka, said, INTERACTIONS, VERDICTS, ACTIONS)
    assert {name: told[name] for name in TOLD} == {name: {trace} for name in TOLD}


async def only_by_our_call(brand: Brand) -> Said:
    """An insult that neither the network's own webhook nor a poll tells us."""
    simulator, account = brand.platform.simulator, brand.accounts["facebook"]
    await simulator.fault("server_error", account["id"], operation="list")
    await brand.wall()

    async def all_told() -> bool:
        return await simulator.unanswered() == 0

    await eventually(all_told, "the post's own webhook answered")
    await simulator.fault("webhook_lost", APP_ID, times=1)
    return await brand.hears(INSULT)


async def call(said: Said, traceparent: str) -> None:
    """The webhook that was lost, by a caller who names its trace."""
    platform, account = said.brand.platform, said.brand.accounts["facebook"]
    now = time.time()
    told = graph_shapes.change("add", Thing(**await said.there()), Account(**account), now, "")
    content = webhooks.body([(account["id"], told)], now)
    headers = {"X-Hub-Signature-256": webhooks.signature(platform.held.app_secret, content)}
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(
            callback(platform.urls), content=content, headers={**headers, "traceparent": traceparent}
        )
    assert answer.status_code == 200, answer.text


async def stated(kafka: str, said: Said, *topics: Topic) -> dict[str, set[str]]:
    """The traces of all that was stated about it, by the class of the fact."""
    traces: defaultdict[str, set[str]] = defaultdict(set)

    def hear(key: str, received: Received[Event] | None) -> None:
        if received is not None and getattr(received.event, "interaction_id", "") == said.interaction_id:
            parent = received.cause.traceparent or "-"
            traces[type(received.event).__name__].add(parent.split("-")[1])

    for topic in topics:
        reader = GrouplessReader(kafka, topic, hear)
        reading = asyncio.create_task(reader.run())
        try:
            await asyncio.wait_for(reader.caught_up(), 30)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
    return traces
