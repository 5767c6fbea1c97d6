"""Order is an optimisation: every stream, shuffled and doubled, leads every reader to the same end state."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.console import app as console
from services.console.consuming import handlers as console_handlers
from services.console.owners import Owners
from services.console.settings import Settings as ConsoleSettings
from services.publisher.app import handlers as publisher_handlers
from services.publisher.settings import Settings as PublisherSettings
from services.publisher.store.gates import Gates
from services.publisher.store.wishes import Wishes
from shared.bus.envelope import Cause, Received
from shared.bus.handler import Handler
from shared.events.catalogue import by_type
from shared.events.event import Event
from shared.keys import create
from shared.service import Floor, open_floor
from tests.stores import indexed

T0 = datetime(2026, 11, 25, 12, tzinfo=UTC)
WHEN = {"updated_at", "arrived_at", "next_at", "fence", "claim"}


def fact(name: str, brand: str, **changes: Any) -> Event:
    """An event of the catalogue, from its example."""
    (cls,) = [cls for kind, cls in by_type().items() if kind.split(".")[-2] == name]
    return cls.example().model_copy(update={"brand_id": brand, **changes})


def at(seconds: int) -> datetime:
    return T0 + timedelta(seconds=seconds)


def conversation(brand: str) -> list[Event]:
    """Said, judged, hidden, a case decided, edited, judged again, shown again, answered."""
    case: dict[str, Any] = {"case_id": "case"}
    return [
        fact("InteractionReceived", brand, text="bande de nuls", said_at=at(0), seen_at=at(1)),
        fact("InteractionJudged", brand, outcome="hide", wish="hide", case_id="case", judged_at=at(2)),
        fact("CaseOpened", brand, **case, seq=1, hidden=True),
        fact("ActionTaken", brand, action_id="visibility", action="hide", result="done", seq=1),
        fact("InteractionVisibilityChanged", brand, visibility="hidden", sighting=2, seen_at=at(4)),
        fact("CaseClaimed", brand, **case, seq=2),
        fact("CaseDecided", brand, **case, seq=3, decision="hide", wish="keep"),
        fact("DecisionReversed", brand, **case, seq=4, wish="show"),
        fact("BrandHeld", brand, seq=1),
        fact("BrandReleased", brand, seq=2, holds=[]),
        fact("BrandHeld", brand, seq=3),
        fact("InteractionEdited", brand, text="pardon", revision=2, sighting=3, said_at=at(0), seen_at=at(20)),
        fact("InteractionJudged", brand, revision=2, outcome="allow", wish="show", judged_at=at(21)),
        fact("ActionTaken", brand, action_id="visibility", action="show", result="done", seq=2),
        fact("InteractionVisibilityChanged", brand, visibility="public", sighting=4, seen_at=at(23)),
        fact("ActionUnsettled", brand, action_id="reply", action="reply", seq=1, text="merci"),
        fact("ActionTaken", brand, action_id="reply", action="reply", result="done", seq=2, text="merci", at=at(30)),
    ]


def deleted(brand: str) -> list[Event]:
    """The same, and then its author deletes it."""
    return [*conversation(brand), fact("InteractionDeleted", brand, seen_at=at(60))]


def published(brand: str) -> list[Event]:
    """A post from its draft to its end on one network, unknown for a while."""
    return [
        fact("PostDrafted", brand),
        fact("PostChanged", brand, seq=2, title="La vareuse est là"),
        fact("PostApproved", brand, seq=3, title="La vareuse est là"),
        fact("PostScheduled", brand, seq=4, title="La vareuse est là"),
        fact("DeliveryUnsettled", brand, seq=1),
        fact("DeliveryConfirmed", brand, seq=2),
        fact("PostPublished", brand, seq=6),
    ]


def counted(brand: str) -> list[Event]:
    """An hour and a person as they grew, and a crisis that came and went."""
    return [
        *(fact("HourCounted", brand, seq=seq, said=seq) for seq in range(1, 4)),
        *(fact("PersonChanged", brand, seq=seq, said=seq) for seq in range(1, 4)),
        fact("CrisisSuspected", brand, seq=1),
        fact("CrisisEased", brand, seq=2),
    ]


def spent(brand: str) -> list[Event]:
    """A campaign from its draft to the end of its budget and on, an hour told three times, a comparison twice."""
    turned = {"turned_at": at(0)}
    return [
        fact("CampaignChanged", brand, seq=1, **turned),
        fact("CampaignStarted", brand, seq=2, turned_at=at(1)),
        *(fact("SpendMeasured", brand, number=number, spend=number * 100) for number in range(1, 4)),
        fact("CampaignPaused", brand, seq=3, turned_at=at(2)),
        fact("CampaignStarted", brand, seq=4, cause="eased", turned_at=at(3)),
        fact("BudgetExhausted", brand, seq=5, turned_at=at(4)),
        fact("ExperimentConcluded", brand, seq=5, ended_at=at(4)),
        fact("CampaignStarted", brand, seq=6, cause="resumed", turned_at=at(5)),
        fact("CampaignEnded", brand, seq=7, cause="person", turned_at=at(6)),
        fact("ExperimentConcluded", brand, seq=7, ended_at=at(6)),
    ]


@asynccontextmanager
async def floor_of(
    kafka: str, mongo: str, prefix: str, tmp_path: Path, name: str, settings: Any
) -> AsyncIterator[Floor]:
    create(tmp_path)
    made = settings(kafka=kafka, mongo=mongo, keys_dir=tmp_path, database_prefix=prefix)
    async with open_floor(made, name) as floor:
        yield floor


async def console_reader(stack: AsyncExitStack, floor: Floor) -> Sequence[Handler]:
    """Console's handlers."""
    settings = floor.settings
    assert isinstance(settings, ConsoleSettings)
    owners = await stack.enter_async_context(Owners.open({}, floor.keys.commands_private, floor.clock))
    made = console.furnish(settings, floor, owners)
    await indexed(floor.database)
    return [one for one in console_handlers(made) if not one.counted]


async def publisher_reader(stack: AsyncExitStack, floor: Floor) -> Sequence[Handler]:
    """Publisher's handlers."""
    wishes, gates = Wishes(floor.database), Gates(floor.database)
    await indexed(floor.database)
    return publisher_handlers(wishes, gates)


READERS: dict[str, tuple[Any, Any, Sequence[str]]] = {
    "console": (
        ConsoleSettings,
        console_reader,
        ("interactions", "posts", "series", "people", "signals", "campaigns", "campaignHours"),
    ),
    "publisher": (PublisherSettings, publisher_reader, ("wishes", "gates")),
}


def received(event: Event, offset: int) -> Received[Event]:
    cause = Cause(
        event_id=event.event_id(),
        type=event.type_name(),
        source="/test",
        subject=event.subject(),
        time=T0,
        brand_id=event.owner_id(),
        agency_id=None,
        correlation_id=event.event_id(),
        causation_id=event.event_id(),
        traceparent=None,
        replayed_from=None,
        topic=event.TOPIC.name,
        partition=0,
        offset=offset,
        timestamp_ms=0,
    )
    return Received(event, cause)


async def end_state(floor: Floor, collections: Sequence[str], brand: str) -> dict[str, Any]:
    """All that the reader knows of the brand, without the times of its own writing."""
    found: dict[str, Any] = {}
    for name in collections:
        for row in await floor.database.brand(name).find({"brand_id": brand}):
            found[f"{name}/{row['_id']}".replace(brand, "the brand")] = _plain(row, brand)
    return found


def _plain(value: Any, brand: str) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner, brand) for key, inner in sorted(value.items()) if key not in WHEN}
    if isinstance(value, list):
        return [_plain(inner, brand) for inner in value]
    return value.replace(brand, "the brand") if isinstance(value, str) else value


@pytest.mark.parametrize("story", [conversation, deleted, published, counted, spent], ids=lambda story: story.__name__)
@pytest.mark.parametrize("reader", READERS)
async def test_shuffled_and_doubled_streams_end_the_same(
    kafka: str, mongo_uri: str, prefix: str, tmp_path: Path, reader: str, story: Callable[[str], list[Event]]
) -> None:
    """Ten shuffles of the doubled story against the story told in order."""
    settings, furnish, collections = READERS[reader]
    async with AsyncExitStack() as stack:
        floor = await stack.enter_async_context(floor_of(kafka, mongo_uri, prefix, tmp_path, reader, settings))
        by_class = {one.event_class: one for one in await furnish(stack, floor)}

        async def told(seed: int | None) -> dict[str, Any]:
            brand = f"brand-{uuid4().hex[:8]}"
            events = story(brand) * (1 if seed is None else 2)
            if seed is not None:
                random.Random(seed).shuffle(events)
            for offset, event in enumerate(events):
                handler = by_class.get(type(event))
                if handler is not None:
                    await handler.call([received(event, offset)])
            states = await end_state(floor, collections, brand)
            for document in (*collections, "wishes"):
                await floor.database.brand(document).delete({"brand_id": brand})
            return states

        in_order = await told(None)
        for seed in range(10):
            assert await told(seed) == in_order, f"seed {seed}"
