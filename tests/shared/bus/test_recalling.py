"""A restored store hears again what it had stated itself, once, before it goes on."""

from datetime import UTC, datetime
from typing import Any

from shared.bus.envelope import EncodedMessage, Outgoing, encode
from shared.directory import Directory
from shared.epochs import Epochs
from shared.events.console.brand_changed import BrandChanged
from shared.events.insights.crisis_eased import CrisisEased
from shared.events.insights.crisis_suspected import CrisisSuspected
from shared.events.insights.parts import CrisisFact
from shared.recalling import Recall
from tests.shared.bus.stage import Stage


async def test_the_newest_fact_of_each_brand_is_recalled_once_a_restore(stage: Stage) -> None:
    """Of all that stands on the topic, also from before an earlier restore; nothing of a brand that is no more, or
    from before it was erased and put again."""
    heard: list[tuple[list[Any], int]] = []

    async def remember(facts: Any, epoch: int) -> None:
        heard.append((sorted((fact.brand_id, fact.epoch, fact.seq) for fact in facts), epoch))

    directory, epochs = Directory(), Epochs(stage.database)
    for brand_id in "abc":
        directory.learn(BrandChanged(brand_id=brand_id, agency_id="x", name=brand_id, seq=1))
    said = [("a", 0, 9), ("a", 1, 4), ("a", 1, 3), ("b", 0, 2), ("gone", 0, 1), ("c", 0, 7)]
    await stage.producer.send_raw([stated(stage, *one) for one in said])
    again = stated(stage, "c", 0, 1)
    await stage.producer.send_raw([EncodedMessage(stage.topic.name, again.key, None, []), again])
    recall = Recall(stage.topic, [CrisisFact], epochs, remember)
    await recall.once(stage.kafka, directory)
    assert (heard, await recall.is_due()) == ([], False)
    for value in (1, 2):
        await stage.database.system("epochs").update(
            {"_id": "epoch"}, {"$set": {"value": value}, "$currentDate": {"raised_at": True}}, upsert=True
        )
        assert await recall.is_due()
        for _ in range(2):
            await recall.once(stage.kafka, directory)
        assert not await recall.is_due()
    assert heard == [([("a", 1, 4), ("b", 0, 2), ("c", 0, 1)], epoch) for epoch in (1, 2)]


def stated(stage: Stage, brand_id: str, epoch: int, seq: int) -> EncodedMessage:
    """A fact about a brand's crisis, on the stage's topic."""
    kind = CrisisSuspected if seq % 2 else CrisisEased
    fact = kind.example().model_copy(update={"brand_id": brand_id, "epoch": epoch, "seq": seq})
    return encode(Outgoing.first(fact, now=datetime.now(UTC)), "/insights")._replace(topic=stage.topic.name)
