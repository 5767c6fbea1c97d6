"""The directory's topic ends with what is newest: compaction keeps the last statement, not the highest."""

from collections.abc import Sequence
from typing import Any

from services.console.loops.restate import Restater
from shared.bus.envelope import EncodedMessage
from tests.services.console.house import House, put
from tests.shared.bus.stage import until


def restater(house: House) -> Restater:
    """One console's."""
    floor, console = house.console.floor, house.console
    return Restater(floor.database, floor.directory, console.directory, console.requests, floor.clock)


async def waiting(house: House) -> list[EncodedMessage]:
    """What is in the outbox, in the order in which it was written; it is empty afterwards."""
    outbox = house.console.floor.database.outbox
    rows = await outbox.due(1000)
    await outbox.remove([row.id for row in rows])
    return [row.message for row in rows]


async def publish(house: House, messages: Sequence[EncodedMessage]) -> None:
    """Acknowledged by Kafka in this order."""
    for message in messages:
        await house.console.floor.producer.send_raw([message])


async def rename(house: House, brand_id: str, name: str) -> None:
    """Somebody gives the brand another name."""
    body: dict[str, Any] = {"agency_id": f"ag-{house.mark}", "name": name, "timezone": "Europe/Paris"}
    async with house.api() as api:
        await put(api, f"brands/{brand_id}", body)


async def test_what_a_killed_replica_had_not_said_yet_does_not_stay_the_last(house: House) -> None:
    """Another has stated the next change when the sweep brings the older one: the newest is stated once more."""
    brand_id, directory = house.brand("first"), house.console.floor.directory
    key, one = f"{brand_id}:brand", restater(house)
    await publish(house, await waiting(house))
    await rename(house, brand_id, "Older")
    await rename(house, brand_id, "Newer")
    older, newer = await waiting(house)
    await publish(house, [newer, older])
    await until(lambda: directory.stated.get(key) == (0, 2))
    await one.look()
    assert await waiting(house) == []  # it may still be on its way
    await one.look()
    (again,) = await waiting(house)
    assert (again.key, again.value) == (newer.key, newer.value)
    await publish(house, [again])
    await until(lambda: directory.stated.get(key) == (0, 3))
    await one.look()
    await one.look()
    assert await waiting(house) == []


async def test_an_erased_brand_does_not_come_back(house: House) -> None:
    """What was stated of it before it was erased leaves late: the directory forgets it again."""
    brand_id, directory, console = house.brand("first"), house.console.floor.directory, house.console
    one = restater(house)
    await publish(house, await waiting(house))
    await rename(house, brand_id, "Older")
    (older,) = await waiting(house)
    await console.requests.ask("erasure", brand_id, f"rq-{house.mark}", "ines", "", house.clock())
    await publish(house, [*await waiting(house), older])
    await until(lambda: directory.stated.get(f"{brand_id}:brand") == (0, 2))
    await one.look()
    await one.look()
    await publish(house, await waiting(house))
    await until(lambda: directory.brand(brand_id) is None)
    assert directory.brand(house.brand("second")) is not None
