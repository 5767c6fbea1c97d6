"""Agencies, brands, channels and members: put through the API, stated once a change, their secrets kept."""

from typing import Any, cast

import pytest

from services.console.migrations import m0001_accounts_by_server
from shared.events.console.channel_changed import ChannelChanged
from shared.networks.capabilities import Account, Author, Connecting
from shared.secrets import Vault
from tests.services.console.house import House, put
from tests.services.console.visitor import PASSWORD, Visitor, seen

CANARY = "canary-token-5d41402abc4b2a76"


async def test_putting_the_same_again_states_nothing(house: House) -> None:
    """A seed that runs twice changes nothing."""
    before = len(await outbox(house))
    await house.move_in()
    assert len(await outbox(house)) == before


async def test_a_change_is_stated_with_a_higher_number(house: House) -> None:
    """The directory's readers keep the higher."""
    async with house.api() as api:
        body = {"agency_id": f"ag-{house.mark}", "name": "First Brand", "timezone": "Europe/Paris", "promise": 30}
        assert (await put(api, f"brands/{house.brand('first')}", body))["seq"] == 2
        answer = await api.put("brands/x", json={"agency_id": "nobody", "name": "X"})
        assert answer.status_code == 404


async def test_a_token_is_sealed_on_receipt_and_nowhere_in_clear(house: House, ines: Visitor) -> None:
    """Only a holder of the private key can read it; neither pages, database nor events can."""
    channel = await connected(house)
    floor = house.console.floor
    stored = [
        str(await floor.database.system(name).find({})) for name in ("channels", "outbox", "auditLog", "accounts")
    ]
    shown = (await ines.open("/all/channels")).text + str(channel)
    assert CANARY not in "".join(stored) + shown
    assert "token_sealed" not in str(channel)
    events = [ChannelChanged.read(row["value"]) for row in await outbox(house) if b"token_sealed" in row["value"]]
    assert Vault(floor.keys.platform_private).open(events[-1].token_sealed) == CANARY


async def test_connecting_again_raises_the_generation(house: House) -> None:
    """A renewal of the old token that comes late changes nothing."""
    channel = await connected(house)
    again = await connected(house)
    assert (channel["generation"], again["generation"]) == (1, 2)
    late = {"token_sealed": "old", "generation": 1, "renewal": 7, "status": "active"}
    directory, brand = house.console.directory, house.brand("first")
    after = await directory.change_channel(brand, channel["id"], late, house.clock())
    assert after is not None
    assert (after["generation"], after["renewal"]) == (2, 0)
    assert after["token_sealed"] != "old"


async def test_what_was_said_while_the_token_was_lost_is_news(house: House) -> None:
    """A channel that is connected again has listened since it was first; one that was disconnected begins anew."""
    first = (await connected(house))["connected_at"]
    directory, brand, channel = house.console.directory, house.brand("first"), f"ch-{house.mark}"
    house.clock.forward(hours=1)
    await directory.change_channel(brand, channel, {"status": "lost", "generation": 1, "renewal": 0}, house.clock())
    again = await connected(house)
    assert (again["status"], again["connected_at"][:23]) == ("active", first[:23])  # MongoDB keeps milliseconds
    await directory.change_channel(brand, channel, {"status": "disconnected", "token_sealed": ""}, house.clock())
    assert (await connected(house))["connected_at"] > first


async def test_a_channel_that_an_operator_moves_lets_its_old_account_go(house: House) -> None:
    """The old account may be connected as another channel, and the moved one begins to listen then."""
    before = await connected(house)
    house.clock.forward(hours=1)
    async with house.api() as api:
        body = {
            "brand_id": house.brand("first"),
            "network": "facebook",
            "name": "Ours",
            "base_url": "http://127.0.0.1:1",
        }
        moved = await put(api, f"channels/ch-{house.mark}", body | {"account_id": f"new-{house.mark}", "token": "x"})
        assert moved["connected_at"] > before["connected_at"]
        await put(api, f"channels/other-{house.mark}", body | {"account_id": f"acc-{house.mark}", "token": "x"})


async def test_a_token_of_another_account_is_refused(
    house: House, ines: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody turns a channel into another account by a slip: posts would appear in somebody else's name."""
    channel = await connected(house)

    class Whose(Connecting):
        async def whoami(self, account: Account) -> Author:
            return Author(account.token.removeprefix("of-"), "Rivals")

    monkeypatch.setitem(cast(dict[str, Any], house.console.networks), "facebook", Whose())
    form = {"network": "facebook", "base_url": "http://127.0.0.1:1", "again": channel["id"], "token": "of-rivals"}
    place = f"/{house.brand('first')}/channels/connect"
    assert "another account, Rivals" in seen((await ines.send(place, form)).text)
    (shown,) = await house.console.directory.channels([house.brand("first")])
    assert (shown["account_id"], shown["generation"]) == (channel["account_id"], 1)
    await ines.send(place, form | {"token": f"of-{channel['account_id']}"})
    (shown,) = await house.console.directory.channels([house.brand("first")])
    assert (shown["account_id"], shown["generation"]) == (channel["account_id"], 2)
    assert (await ines.send(place, form | {"again": "nobody-knows"})).status_code == 404


async def test_an_account_is_one_channel_s(house: House) -> None:
    """Two brands cannot connect the same account, until the first lets go."""
    channel = await connected(house)
    async with house.api() as api:
        body = {"brand_id": house.brand("second"), "network": "facebook", "account_id": f"acc-{house.mark}"}
        more = {"name": "Ours", "base_url": "http://127.0.0.1:1", "token": "x"}
        assert (await api.put(f"channels/other-{house.mark}", json=body | more)).status_code == 409
        directory, gone = house.console.directory, {"status": "disconnected", "token_sealed": ""}
        await directory.change_channel(house.brand("first"), channel["id"], gone, house.clock())
        assert (await api.put(f"channels/other-{house.mark}", json=body | more)).status_code == 200


async def test_accounts_of_two_servers_may_have_one_number(house: House) -> None:
    """Whoever runs a Mastodon of their own is often its first account; on one server the number is one channel's."""
    body = {"network": "mastodon", "account_id": "1", "name": "Ours", "token": "x"}
    places = (("first", "https://kerlann.example"), ("second", "https://rivage.example"))
    async with house.api() as api:
        for brand, server in places:
            more = {"brand_id": house.brand(brand), "base_url": f"{server}-{house.mark}"}
            await put(api, f"channels/{brand}-{house.mark}", body | more)
        more = {"brand_id": house.brand("second"), "base_url": f"HTTPS://Kerlann.example-{house.mark}:443/"}
        assert (await api.put(f"channels/third-{house.mark}", json=body | more)).status_code == 409
        accounts = house.console.floor.database.system("accounts")
        (owner,) = await accounts.find({"channel_id": f"first-{house.mark}"})
        await accounts.delete({"_id": owner["_id"]})
        await accounts.insert({**owner, "_id": "mastodon:1"})
        await m0001_accounts_by_server.apply(house.console.floor.database)
        assert await accounts.find({"channel_id": owner["channel_id"]}) == [owner]


async def test_a_role_on_all_brands_covers_later_ones(house: House, ines: Visitor) -> None:
    """Who is an admin of the agency is one of its next brand."""
    async with house.api() as api:
        await put(api, f"brands/third-{house.mark}", {"agency_id": f"ag-{house.mark}", "name": "Third Brand"})
    assert "Third Brand" in await ines.see("/all/channels")


async def test_a_new_password_signs_everyone_out(house: House, ines: Visitor) -> None:
    """The same password again signs nobody out."""
    async with house.api() as api:
        member: dict[str, Any] = {"name": "Ines B.", "agency_id": f"ag-{house.mark}", "roles": {"*": "admin"}}
        await put(api, f"members/{house.login('ines')}", member | {"password": PASSWORD})
        assert "Inbox" in await ines.see("/all/inbox")
        await put(api, f"members/{house.login('ines')}", member | {"password": "another pass phrase"})
        assert "Password" in await ines.see("/all/inbox")


@pytest.mark.parametrize("key", ["", "wrong"])
async def test_the_api_opens_to_its_key_alone(house: House, key: str) -> None:
    """Without the operator's key nothing is told and nothing changed."""
    async with house.api(key) as api:
        assert (await api.get("summary")).status_code == 401
        assert (await api.put("agencies/x", json={"name": "X"})).status_code == 401


async def test_the_summary_counts_what_happened(house: House) -> None:
    """Per brand and in all, from what the pages show."""
    item = await house.hears("first", "clowns")
    await house.judges(item, {"insult": 0.9}, outcome="hide", wish="hide")
    await house.opens_case(item)
    await house.hears("second", "Hello")
    async with house.api() as api:
        told = (await api.get("summary", params={"agency_id": f"ag-{house.mark}"})).json()
    assert told["all"]["came_in"] == 2
    assert told["brands"][house.brand("first")]["held_for_a_person"] == 1
    assert told["brands"][house.brand("second")]["judged"] == 0


async def connected(house: House) -> dict[str, Any]:
    """A channel of the first brand, with the canary for a token."""
    async with house.api() as api:
        body = {"brand_id": house.brand("first"), "network": "facebook", "account_id": f"acc-{house.mark}"}
        more = {"name": "Ours", "base_url": "http://127.0.0.1:1", "token": CANARY}
        return await put(api, f"channels/ch-{house.mark}", body | more)


async def outbox(house: House) -> list[dict[str, Any]]:
    """What waits to be stated (nothing publishes it in these stories)."""
    return await house.console.floor.database.system("outbox").find({})
