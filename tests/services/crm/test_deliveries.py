"""Other systems are told each fact, signed, under one id, whatever they answer in between."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from services.crm.api.shapes import Again
from services.crm.app import TOLD
from services.crm.domain.attempt import RETRIES, Outcome, next_after, outcome_of
from services.crm.domain.telling import MOST_BYTES
from services.crm.handlers import __name__ as handlers
from shared.events.crm.parts import OFFERED
from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.moderation.case_decided import CaseDecided
from shared.events.moderation.case_escalated import CaseEscalated
from shared.events.moderation.interaction_judged import InteractionJudged
from tests.services.crm.conftest import Crm

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


async def test_a_chosen_fact_arrives_signed_under_the_events_own_id(crm: Crm) -> None:
    """The specification's own library takes it with the secret that was shown at registration."""
    endpoint = await crm.endpoint()
    fact = crm.fact()
    await crm.hears(fact)
    (delivery,) = await crm.until_settled(endpoint)
    (call,) = crm.receiver.calls
    told = Webhook(endpoint["secret"]).verify(call.body, call.headers)
    assert (call.id, told["type"]) == (fact.event_id(), "io.parvis.moderation.CaseEscalated.v1")
    assert CaseEscalated.model_validate(told["data"]) == fact
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 1)
    assert crm.names() == ["EndpointChanged", "WebhookAttempted"]


async def test_a_redelivered_event_makes_no_second_message(crm: Crm) -> None:
    """However often the bus brings it, before and after it was told."""
    endpoint = await crm.endpoint()
    for _ in range(3):
        await asyncio.gather(*(crm.hears(crm.fact(), crm.fact()) for _ in range(4)))
        await crm.until_settled(endpoint)
    assert len(crm.receiver.calls) == len(await crm.deliveries(endpoint)) == 1


async def test_only_what_was_chosen_and_only_ones_own_brand_is_told(crm: Crm) -> None:
    """Another brand's facts, other facts, what is older than the channel, and replays of old times stay here."""
    endpoint = await crm.endpoint("InteractionReceived")
    said = InteractionReceived.example()
    own = said.model_copy(update={"brand_id": crm.brand_id})
    await crm.hears(crm.fact(), said, own.model_copy(update={"backfill": True}))
    await crm.hears(own, replayed_from=datetime(2026, 11, 1, tzinfo=UTC))
    assert await crm.until_settled(endpoint) == []
    await crm.hears(own)
    await crm.until_settled(endpoint)
    assert [call.data["text"] for call in crm.receiver.calls] == [said.text]


@pytest.mark.parametrize("trouble", [500, 302, "reset", "hang"])
async def test_what_failed_is_told_again_under_the_same_id(crm: Crm, trouble: object) -> None:
    """An error, a redirect, a cut line, silence: nobody knows whether it arrived, so the id stays the same."""
    crm.receiver.plans["/hook"] = [trouble, trouble]
    if trouble == "hang":
        crm.gives_up_after(1.0)
    endpoint = await crm.endpoint()
    await crm.hears(crm.fact())
    async with asyncio.timeout(60):
        while len(crm.receiver.calls) < 2:
            await crm.turn()
    crm.gives_up_after(20.0)  # the third is answered, however slow the machine is
    (delivery,) = await crm.until_settled(endpoint)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)
    assert len(crm.receiver.ids()) == 3
    assert len(set(crm.receiver.ids())) == 1
    assert all(one["why"] for one in delivery["log"][:2])


async def test_after_the_last_attempt_it_has_failed_until_somebody_replays_it(crm: Crm) -> None:
    """One, or all that failed, with one command; the receiver sees the same ids."""
    crm.receiver.usual["/hook"] = 500
    endpoint = await crm.endpoint()
    await crm.hears(*(crm.fact(number) for number in range(3)))
    failed = await crm.until_settled(endpoint)
    assert {(one["state"], one["attempts"]) for one in failed} == {("failed", 4)}
    crm.receiver.usual["/hook"] = 204
    crm.receiver.calls.clear()
    one = await again(crm, endpoint, delivery_id=failed[0]["delivery_id"])
    await crm.until_settled(endpoint)
    assert (one, crm.receiver.ids()) == (1, [failed[0]["event_id"]])
    assert await again(crm, endpoint, state="failed") == 2
    await crm.until_settled(endpoint)
    assert sorted(crm.receiver.ids()) == sorted(one["event_id"] for one in failed)
    assert await again(crm, endpoint, state="failed") == 0


async def test_gone_shuts_the_endpoint_until_somebody_resumes_it(crm: Crm) -> None:
    """410: nothing more is sent; what waited is kept and leaves with the resume; what happens meanwhile is not kept."""
    crm.receiver.plans["/hook"] = [410]
    endpoint = await crm.endpoint()
    await crm.hears(crm.fact(1))
    await crm.turn()
    await crm.hears(crm.fact(2))
    (only,) = await crm.until_settled(endpoint)
    state = await crm.state(endpoint)
    assert (only["state"], state["state"]) == ("failed", "disabled")
    assert "410" in state["why"]
    assert crm.names()[-2:] == ["WebhookAttempted", "EndpointChanged"]
    await crm.desk.act(crm.who(), endpoint["endpoint_id"], "resume")
    await crm.hears(crm.fact(3))
    await crm.until_settled(endpoint)
    assert len(crm.receiver.calls) == 2


@pytest.mark.parametrize("status", [429, 503])
async def test_a_receiver_that_asks_to_wait_is_left_alone_so_long(crm: Crm, status: int) -> None:
    """`Retry-After` counts for all that waits for it, and not as attempts of theirs."""
    crm.receiver.plans["/hook"] = [(status, "retry-after: 4")]
    endpoint = await crm.endpoint()
    await crm.hears(crm.fact(1))
    asked = time.monotonic()
    await crm.turn()
    await crm.hears(crm.fact(2), crm.fact(3))
    await crm.turn(3)
    assert len(crm.receiver.calls) == 1
    found = await crm.until_settled(endpoint)
    assert time.monotonic() - asked > 3.9
    assert sorted(one["attempts"] for one in found) == [1, 1, 2]


async def test_a_slow_endpoint_delays_no_other(crm: Crm) -> None:
    """A hundred for one that never answers are due first; those of its neighbour leave at once all the same."""
    crm.receiver.usual["/slow"] = "hang"
    crm.gives_up_after(40.0)
    slow, quick = await crm.endpoint(path="/slow"), await crm.endpoint("CaseDecided", path="/quick")
    await crm.hears(*(crm.fact(number) for number in range(100)))
    await crm.sender.send_due()
    decided = [
        CaseDecided.example().model_copy(update={"brand_id": crm.brand_id, "case_id": f"{n}"}) for n in range(10)
    ]
    await crm.hears(*decided)
    async with asyncio.timeout(30):  # less than the slow ones are given
        while [one["state"] for one in await crm.deliveries(quick)] != ["delivered"] * 10:
            await crm.sender.send_due()
            await asyncio.sleep(0.01)
    assert len(crm.receiver.ids("/quick")) == 10
    assert len(crm.receiver.ids("/slow")) == 4
    await crm.desk.act(crm.who(), slow["endpoint_id"], "remove")
    crm.receiver.let_go.set()


async def test_an_address_within_the_house_is_never_called(crm: Crm) -> None:
    """A name that leads to a private address is refused on the call; the attempt says why."""
    endpoint = await crm.endpoint()
    await crm.made.endpoints._rows.update(
        {"_id": endpoint["endpoint_id"], "brand_id": crm.brand_id}, {"$set": {"url": "https://127.0.0.1:9/x"}}
    )
    await crm.hears(crm.fact())
    (delivery,) = await crm.until_settled(endpoint)
    assert delivery["state"] == "failed"
    assert "not public" in delivery["log"][0]["why"]


async def test_days_of_nothing_but_failures_shut_an_endpoint(crm: Crm) -> None:
    """It is shut by the first failure after so long, and says so."""
    endpoint = await crm.endpoint()
    crm.receiver.usual["/hook"] = 500
    await crm.hears(crm.fact(1))
    await crm.turn()
    await crm.made.endpoints._rows.update(
        {"_id": endpoint["endpoint_id"], "brand_id": crm.brand_id},
        {"$set": {"failing_since": crm.made.floor.clock() - timedelta(days=6)}},
    )
    await crm.hears(crm.fact(2))
    await crm.until_settled(endpoint)
    assert "5 days" in (await crm.state(endpoint))["why"]


def test_the_schedule_is_the_specifications() -> None:
    """Ten attempts, the last 75 h 35 min 5 s after the first; at most a tenth later each."""
    failed = Outcome("failed")
    for spread, share in ((0.0, 1.0), (1.0, 1.1)):
        waits = [next_after(made, RETRIES, failed, spread) for made in range(1, len(RETRIES))]
        assert sum(wait or 0.0 for wait in waits) == pytest.approx((75 * 3600 + 35 * 60 + 5) * share)
    assert next_after(10, RETRIES, failed, 0.0) is None


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ("120", 120.0),
        ("Wed, 25 Nov 2026 09:02:00 GMT", 120.0),
        ("999999999", 86400.0),
        ("Wed, 25 Nov 2020 09:02:00 GMT", 0.0),
        ("soon", 0.0),
        ("", 0.0),
    ],
)
def test_retry_after_is_read_in_both_its_forms(given: str, after: float) -> None:
    """Seconds or a date, at most a day."""
    assert outcome_of(429, {"retry-after": given}, NOW).after == after
    assert outcome_of(500, {"retry-after": given}, NOW).after == 0.0


async def test_a_message_stays_under_twenty_kilobytes(crm: Crm) -> None:
    """Of a longer one the long parts are left out, and it says which."""
    endpoint = await crm.endpoint("InteractionReceived")
    said = InteractionReceived.example().model_copy(update={"brand_id": crm.brand_id, "text": "é" * 20_000})
    await crm.hears(said)
    await crm.until_settled(endpoint)
    (call,) = crm.receiver.calls
    assert len(call.body) < MOST_BYTES
    assert "text" not in call.data
    assert b'"truncated":["text"]' in call.body
    assert call.data["interaction_id"] == said.interaction_id


async def test_a_verdict_is_told_without_the_text_that_it_brings(crm: Crm) -> None:
    """Who wants what people say chooses that fact."""
    endpoint = await crm.endpoint("InteractionJudged")
    said = InteractionReceived.example().model_copy(update={"brand_id": crm.brand_id})
    verdict = InteractionJudged.example().model_copy(
        update={"brand_id": crm.brand_id, "interaction_id": said.interaction_id, "first_text": said}
    )
    await crm.hears(verdict)
    await crm.until_settled(endpoint)
    (call,) = crm.receiver.calls
    assert (call.data["interaction_id"], call.data.get("first_text")) == (said.interaction_id, None)
    assert said.text.encode() not in call.body


def test_every_offered_fact_has_its_handler() -> None:
    """What can be chosen is heard."""
    named = {module.__name__.removeprefix(f"{handlers}.on_").replace("_", "") for module in TOLD}
    assert named == {name.lower() for name in OFFERED}


async def again(crm: Crm, endpoint: dict, **which: str) -> int:  # type: ignore[type-arg]
    answer = await crm.desk.again(crm.who(), endpoint["endpoint_id"], Again(**which))  # type: ignore[arg-type]
    return int(answer.body["again"])
