"""What managers do with endpoints: each command once, each secret shown once."""

import json

import pytest
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.crm.api.shapes import Registration
from shared.errors import Conflict, NotFound
from shared.events.console.brand_changed import BrandChanged
from shared.problems import Problem
from tests.services.crm.conftest import Crm


async def test_a_repeated_registration_is_one_endpoint(crm: Crm) -> None:
    """The same command again answers with the same endpoint and secret; another body under its key is refused."""
    body = Registration(url=crm.receiver.url(), events=["CaseEscalated"])
    first, second = [await crm.desk.register(crm.who("k", digest="a"), body) for _ in range(2)]
    assert first.body == second.body
    assert first.body["secret"].startswith("whsec_")
    assert len((await crm.desk.listed(crm.brand_id)).body["endpoints"]) == 1
    with pytest.raises(Problem):
        await crm.desk.register(crm.who("k", digest="b"), body)


async def test_a_secret_is_nowhere_in_the_clear(crm: Crm) -> None:
    """Not in the store, nor in the remembered answers, the outbox, or what is listed."""
    secret = (await crm.endpoint())["secret"]
    database = crm.made.floor.database
    for name in ("endpoints", "commands", "outbox"):
        rows = await database.system(name).find({})
        assert rows or name == "outbox"
        assert secret not in repr(rows)
    assert secret not in repr(crm.told)
    assert "secret" not in json.dumps(dict((await crm.desk.listed(crm.brand_id)).body))


async def test_a_new_secret_signs_beside_the_old_one(crm: Crm) -> None:
    """For a day the receiver may know either; an older one no more. The repeated command shows the same."""
    endpoint = await crm.endpoint()
    first = (await crm.desk.rotate(crm.who("r1"), endpoint["endpoint_id"])).body["secret"]
    assert (await crm.desk.rotate(crm.who("r1"), endpoint["endpoint_id"])).body["secret"] == first
    second = (await crm.desk.rotate(crm.who("r2"), endpoint["endpoint_id"])).body["secret"]
    await crm.hears(crm.fact())
    await crm.until_settled(endpoint)
    (call,) = crm.receiver.calls
    for known in (first, second):
        assert Webhook(known).verify(call.body, call.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint["secret"]).verify(call.body, call.headers)
    assert (await crm.desk.rotate(crm.who("r1"), endpoint["endpoint_id"])).body["secret"] == ""


async def test_what_happens_during_a_pause_is_told_afterwards(crm: Crm) -> None:
    """Nothing is sent, nothing is lost; removed, it is cancelled."""
    endpoint = await crm.endpoint()
    await crm.desk.act(crm.who(), endpoint["endpoint_id"], "pause")
    await crm.hears(crm.fact(1), crm.fact(2))
    await crm.turn(2)
    assert (crm.receiver.calls, {one["state"] for one in await crm.deliveries(endpoint)}) == ([], {"held"})
    await crm.desk.act(crm.who(), endpoint["endpoint_id"], "resume")
    await crm.until_settled(endpoint)
    assert len(crm.receiver.calls) == 2
    await crm.desk.act(crm.who(), endpoint["endpoint_id"], "remove")
    await crm.hears(crm.fact(3))
    await crm.turn()
    assert len(crm.receiver.calls) == 2
    with pytest.raises(NotFound):
        await crm.deliveries(endpoint)


async def test_a_change_is_made_on_what_was_seen(crm: Crm) -> None:
    """A stale `seq` is refused with the state as it is; a state that does not fit too."""
    endpoint = await crm.endpoint()
    body = Registration(url=crm.receiver.url("/other"), events=["PostPublished", "CaseOpened"])
    changed = await crm.desk.change(crm.who(seq=1), endpoint["endpoint_id"], body)
    assert (changed.body["seq"], changed.body["events"]) == (2, ["CaseOpened", "PostPublished"])
    with pytest.raises(Conflict) as stale:
        await crm.desk.change(crm.who(seq=1), endpoint["endpoint_id"], body)
    assert stale.value.current is not None
    assert stale.value.current["seq"] == 2
    with pytest.raises(Conflict):
        await crm.desk.act(crm.who(), endpoint["endpoint_id"], "resume")


async def test_anothers_endpoint_is_not_there(crm: Crm) -> None:
    """Neither to be read nor to be changed."""
    endpoint = await crm.endpoint()
    stranger = crm.who(brand_id="another")
    for attempt in (
        crm.desk.act(stranger, endpoint["endpoint_id"], "pause"),
        crm.desk.rotate(stranger, endpoint["endpoint_id"]),
        crm.desk.attempts("another", endpoint["endpoint_id"], "", 10),
    ):
        with pytest.raises(NotFound):
            await attempt


@pytest.mark.parametrize("noted", [True, False])
async def test_who_had_the_brand_before_is_not_told_any_more(crm: Crm, *, noted: bool) -> None:
    """An endpoint of the agency that a brand has left is shut at the next fact, until somebody resumes it; also one
    that was registered before it was noted whose the brand was."""
    brand = BrandChanged.example().model_copy(update={"brand_id": crm.brand_id, "agency_id": "old"})
    crm.made.floor.directory.learn(brand)
    endpoint = await crm.endpoint()
    if not noted:
        await crm.made.floor.database.system("endpoints").update(
            {"_id": endpoint["endpoint_id"]}, {"$unset": {"agency_id": ""}}
        )
    await crm.hears(crm.fact(1))
    await crm.until_settled(endpoint)
    crm.made.floor.directory.learn(brand.model_copy(update={"agency_id": "new", "seq": 2}))
    await crm.hears(crm.fact(2), crm.fact(3))
    await crm.turn(3)
    state = await crm.state(endpoint)
    assert (state["state"], "another agency" in state["why"], len(crm.receiver.calls)) == ("disabled", True, 1)
    assert crm.names().count("EndpointChanged") == 2
    await crm.desk.act(crm.who(), endpoint["endpoint_id"], "resume")
    await crm.hears(crm.fact(4))
    await crm.until_settled(endpoint)
    assert ((await crm.state(endpoint))["state"], len(crm.receiver.calls)) == ("active", 4)


async def test_who_has_the_brand_now_may_give_another_address(crm: Crm) -> None:
    """Theirs from then on: nothing is shut under the new agency's hands."""
    brand = BrandChanged.example().model_copy(update={"brand_id": crm.brand_id, "agency_id": "old"})
    crm.made.floor.directory.learn(brand)
    endpoint = await crm.endpoint()
    crm.made.floor.directory.learn(brand.model_copy(update={"agency_id": "new", "seq": 2}))
    body = Registration(url=crm.receiver.url("/ours"), events=["CaseEscalated"])
    await crm.desk.change(crm.who(), endpoint["endpoint_id"], body)
    await crm.hears(crm.fact())
    await crm.until_settled(endpoint)
    assert ((await crm.state(endpoint))["state"], len(crm.receiver.ids("/ours"))) == ("active", 1)


@pytest.mark.parametrize(
    "url",
    ["http://crm.example/x", "https://u:p@crm.example/", "ftp://crm.example", "https://", "https://crm.example:x/", ""],
)
async def test_only_an_https_address_is_registered(crm: Crm, url: str) -> None:
    """Save what the deployment itself allows."""
    with pytest.raises(Problem):
        await crm.desk.register(crm.who(), Registration(url=url, events=["CaseOpened"]))


async def test_a_brand_has_at_most_twenty(crm: Crm) -> None:
    """What each fact costs stays bounded."""
    for number in range(20):
        await crm.endpoint(path=f"/{number}")
    with pytest.raises(Problem):
        await crm.endpoint(path="/one-more")


def test_only_offered_facts_are_chosen() -> None:
    """What is not told cannot be asked for."""
    with pytest.raises(ValidationError, match="PayloadReceived"):
        Registration(url="https://crm.example", events=["PayloadReceived"])
