"""What Parvis says it has seen, judged and done: its read models, its stream of verdicts, its own deliveries."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.bus.envelope import Received
from shared.bus.reader import GrouplessReader
from shared.events.event import Event
from shared.events.moderation.interaction_judged import InteractionJudged
from shared.events.publisher.post_published import PostPublished
from shared.events.topics import POSTS, VERDICTS, Topic
from shared.mongo.client import Mongo
from tests.chaos.plan import SERVICES
from tests.services.crm.receiver import Receiver

Row = dict[str, Any]
SEEN = ("text", "revision", "deleted", "verdict.revision", "verdict.wish", "author_is_brand", "text_no")
WORDS = ("said", "judged")
Key = tuple[str, int, int]


@dataclass(slots=True)
class Testimony:
    """`items`: console's inbox by interaction; `verdicts`: every different (outcome, wish, rule) that was stated for
    an (interaction, revision, policy version); `counted`: what
    the dashboards say, by brand and word; `set_aside`: messages parked or dead, by service; `deliveries` of publisher;
    `published`: the events that say a post is out; `told`: the ids under which a CRM heard of it."""

    items: dict[str, Row] = field(default_factory=dict)
    verdicts: dict[Key, set[tuple[str, str, str]]] = field(default_factory=dict)
    newest: dict[str, InteractionJudged] = field(default_factory=dict)
    stated: int = 0
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    set_aside: dict[str, list[str]] = field(default_factory=dict)
    deliveries: list[Row] = field(default_factory=list)
    published: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)


class Witness:
    """Listens to the verdicts from the beginning; asks the databases when it is asked."""

    def __init__(self, kafka: str, mongo: str, brand_ids: Sequence[str], receiver: Receiver) -> None:
        self._mongo = mongo
        self._brands = list(brand_ids)
        self._kafka = kafka
        self._heard = Testimony()
        self._receiver = receiver

    async def testify(self) -> Testimony:
        """All that is known by now."""
        self._heard = Testimony()
        for topic in (VERDICTS, POSTS):
            await self._listen(topic)
        self._heard.told = set(self._receiver.ids())
        async with Mongo.open(self._mongo) as mongo:
            await self._read(mongo)
        return self._heard

    async def _listen(self, topic: Topic) -> None:
        reader = GrouplessReader(self._kafka, topic, self._hear)
        reading = asyncio.create_task(reader.run())
        try:
            await asyncio.wait_for(reader.caught_up(), 30)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    def _hear(self, key: str, received: Received[Event] | None) -> None:
        event = received.event if received else None
        if isinstance(event, InteractionJudged) and event.brand_id in self._brands:
            self._hear_verdict(event)
        elif isinstance(event, PostPublished) and event.brand_id in self._brands:
            self._heard.published.add(event.event_id())

    def _hear_verdict(self, event: InteractionJudged) -> None:
        self._heard.stated += 1
        name = (event.interaction_id, event.revision, event.policy_version)
        self._heard.verdicts.setdefault(name, set()).add((event.outcome, event.wish, event.rule))
        known = self._heard.newest.get(event.interaction_id)
        if known is None or (known.revision, known.policy_version) <= (event.revision, event.policy_version):
            self._heard.newest[event.interaction_id] = event

    async def _read(self, mongo: Mongo) -> None:
        ours = {"brand_id": {"$in": self._brands}}
        console = mongo.database("parvis_console")
        rows = await console.system("interactions").find(ours, projection=dict.fromkeys(SEEN, 1))
        self._heard.items = {row["_id"]: row for row in rows}
        for row in await console.system("series").find(ours):
            self._heard.counted.update({(row["brand_id"], word): row[word] for word in WORDS})
            self._heard.counted.update({(row["brand_id"], outcome): n for outcome, n in row["outcomes"].items()})
        self._heard.deliveries = await mongo.database("parvis_publisher").system("deliveries").find(ours)
        for service in SERVICES:
            parked = (
                await mongo.database(f"parvis_{service}")
                .system("parked")
                .find(
                    {"state": {"$in": ["parked", "dead"]}}, projection={"error": 1, "reason": 1, "type": 1, "topic": 1}
                )
            )
            self._heard.set_aside[service] = [f"{row['topic']} {row['type']}: {row['error']}" for row in parked]
