"""A restored console takes back what it had stated since: the pages and the services agree again."""

from functools import partial
from typing import Any

import pytest

from services.console.domain.holds import held, new_hold
from services.console.store.memory import FAMILIES, Memory
from shared.events.catalogue import by_type
from shared.events.console.brand_changed import BrandChanged
from tests.services.console.house import House, put
from tests.services.console.visitor import Visitor

COPIED = ("agencies", "brands", "channels", "accounts", "holds", "members")
Copy = dict[str, list[dict[str, Any]]]


async def test_brands_and_channels_are_as_they_were_stated_last(house: House, ines: Visitor) -> None:
    """Those that the copy has and those it never had; whoever may see all brands sees the new one too."""
    await connected(house, "first", "old")
    copy = await copied(house)
    async with house.api() as api:
        agency = f"ag-{house.mark}"
        await put(api, f"brands/{house.brand('first')}", {"agency_id": agency, "name": "Renamed", "promise": 30})
        await put(api, f"brands/{house.brand('third')}", {"agency_id": agency, "name": "Third Brand"})
    await connected(house, "third", "new")
    await connected(house, "first", "old")
    before = {row["_id"]: row for row in await house.console.directory.channels([house.brand("third")])}
    facts = await stated(house)
    await restored(house, copy)
    assert "Third Brand" not in await ines.see("/all/channels")
    await memory(house).recall(facts, 1)
    page = await ines.see("/all/channels")
    assert "Renamed" in page and "Third Brand" in page
    after = {row["_id"]: row for row in await house.console.directory.channels([house.brand("third")])}
    for word in ("token_sealed", "generation", "status", "account_id", "connected_at"):
        assert [row[word] for row in after.values()] == [row[word] for row in before.values()], word


async def test_what_is_changed_next_counts_everywhere(house: House) -> None:
    """The numbers go on above all that was stated before the restore: no reader passes the next change over."""
    await connected(house, "first", "a")
    copy = await copied(house)
    for _ in range(3):
        await connected(house, "first", "a")
        await renamed(house)
    facts = await stated(house)
    await restored(house, copy)
    await memory(house).recall(facts, 1)
    newest = {fact.key(): fact.seq for fact in facts}
    await connected(house, "first", "a")
    await renamed(house)
    changed = {fact.key(): fact.seq for fact in await stated(house)}
    for key in (f"{house.brand('first')}:channel:ch-a-{house.mark}", f"agency:ag-{house.mark}"):
        assert changed[key] > newest[key], key


async def test_an_account_that_went_to_another_channel_stays_there(house: House) -> None:
    """The first let go of it after the copy; it does not come back to it."""
    first = await connected(house, "first", "a", account="shared")
    copy = await copied(house)
    gone = {"status": "disconnected", "token_sealed": ""}
    await house.console.directory.change_channel(house.brand("first"), first, gone, house.clock())
    second = await connected(house, "second", "b", account="shared")
    facts = await stated(house)
    for order in (facts, facts[::-1]):
        await restored(house, copy)
        await memory(house).recall(order, 1)
        (owner,) = await house.console.floor.database.system("accounts").find({"_id": f"facebook:shared-{house.mark}"})
        assert owner["channel_id"] == second
        (row,) = await house.console.directory.channels([house.brand("first")])
        assert row["status"] == "disconnected"


async def test_a_channel_that_went_to_another_brand_is_that_brand_s(house: House) -> None:
    """The copy has it under a brand that was erased since, and is erased again only later."""
    channel = await connected(house, "first", "a")
    copy = await copied(house)
    await house.console.floor.database.transact(partial(house.console.directory.remove_brand, house.brand("first")))
    await connected(house, "second", "a")
    facts = [fact for fact in await stated(house) if fact.owner_id() != house.brand("first")]
    await restored(house, copy)
    await memory(house).recall(facts, 1)
    assert await house.console.directory.channel(house.brand("first"), channel) is None
    assert await house.console.directory.channel(house.brand("second"), channel) is not None


async def test_a_brand_of_an_agency_that_nobody_knows_stops_nothing(house: House) -> None:
    """It is left out and told in the log; all others are taken back."""
    copy = await copied(house)
    await renamed(house)
    facts = [*await stated(house), BrandChanged(brand_id="lost", agency_id="nobody", name="Lost", seq=9)]
    await restored(house, copy)
    await memory(house).recall(facts, 1)
    agency = await house.console.directory.agency(f"ag-{house.mark}")
    assert agency is not None
    assert agency["name"].startswith("Atelier ")
    assert await house.console.directory.brand("lost") is None


async def test_a_hold_that_was_set_since_is_shown_and_can_be_released(house: House, ines: Visitor) -> None:
    """Services hold the brand all the while; one that was released since stays released."""
    await hold(house, "first", "h1")
    copy = await copied(house)
    await hold(house, "second", "h2")
    facts = await stated(house)
    await restored(house, copy)
    assert await house.console.holds.held([house.brand("second")]) == []
    for _ in range(2):
        await memory(house).recall(facts, 1)
    (row,) = await house.console.holds.held([house.brand("second")])
    assert (row["seq"], row["shut"], row["holds"][0]["why"]) == (1, ["replies", "posts", "spend"], "fire h2")
    assert "fire h2" in await ines.see(f"/{house.brand('second')}/hold")
    await hold(house, "second", "h2")
    assert (await house.console.holds.held([house.brand("second")]))[0]["seq"] == 1
    await hold(house, "second", "h3")
    assert (await house.console.holds.held([house.brand("second")]))[0]["seq"] == 2


async def test_nothing_is_changed_before_what_was_forgotten_is_known(
    house: House, ines: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be overwritten, or overwrite; pages are shown all the while, and say when to ask again."""
    monkeypatch.setattr("shared.running.PATIENCE", 0.01)
    remembers = house.app.state.running.remembers
    remembers.clear()
    try:
        async with house.api() as api:
            answer = await api.put(f"agencies/ag-{house.mark}", json={"name": "Too soon"})
            assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        assert (await ines.send(f"/{house.brand('first')}/hold", {"why": "fire", "key": "k"})).status_code == 503
        assert "Atelier" not in await ines.see("/all/hold")
    finally:
        remembers.set()
    await renamed(house)


@pytest.mark.parametrize("stale", [False, True])
async def test_what_the_copy_knows_is_left_alone(house: House, *, stale: bool) -> None:
    """Told again, or told what is older, it changes nothing and states nothing."""
    await connected(house, "first", "a")
    await hold(house, "first", "h1")
    facts = await stated(house)
    if stale:
        await connected(house, "first", "a")
        await renamed(house)
    before, said = await copied(house), len(await house.console.floor.database.system("outbox").find({}))
    await memory(house).recall(facts, 1)
    assert await copied(house) == before
    assert len(await house.console.floor.database.system("outbox").find({})) == said


def memory(house: House) -> Memory:
    """As the process has it."""
    return Memory(house.console.directory, house.console.holds, house.clock)


async def connected(house: House, brand: str, name: str, account: str = "") -> str:
    """A channel of a brand; its id."""
    async with house.api() as api:
        body = {"brand_id": house.brand(brand), "network": "facebook", "account_id": f"{account or name}-{house.mark}"}
        more = {"name": name, "base_url": "http://127.0.0.1:1", "token": "a token"}
        await put(api, f"channels/ch-{name}-{house.mark}", body | more)
    return f"ch-{name}-{house.mark}"


async def renamed(house: House) -> None:
    """The agency has another name each time."""
    house.said += 1
    async with house.api() as api:
        await put(api, f"agencies/ag-{house.mark}", {"name": f"Atelier {house.said}"})


async def hold(house: House, brand: str, hold_id: str) -> None:
    """A person holds a brand."""
    set_now = new_hold(hold_id, "brand", "ines", f"fire {hold_id}", house.clock(), moderation=False)
    await house.console.holds.change(
        [house.brand(brand)],
        lambda row: held(row["holds"], row["past"], set_now),
        house.clock(),
        house.console.floor.new_id,
    )


async def copied(house: House) -> Copy:
    """The store as it is now."""
    database = house.console.floor.database
    return {name: await database.system(name).find({}, sort=("_id",)) for name in COPIED}


async def restored(house: House, copy: Copy) -> None:
    """The store as it was copied."""
    database = house.console.floor.database
    for name, rows in copy.items():
        await database.system(name).delete({})
        if rows:
            await database.system(name).insert_many(rows)


async def stated(house: House) -> list[Any]:
    """The newest statement under each key of this house."""
    newest: dict[str, Any] = {}
    for row in await house.console.floor.database.system("outbox").find({}):
        event = by_type()[dict(row["headers"])["ce_type"].decode()].read(row["value"]) if row["value"] else None
        if isinstance(event, FAMILIES) and house.mark in event.owner_id():
            newest[event.key()] = max(newest.get(event.key(), event), event, key=_number)
    return list(newest.values())


def _number(fact: Any) -> tuple[int, int]:
    return fact.epoch, fact.seq
