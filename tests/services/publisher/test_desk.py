"""A post's way from draft to schedule, and who may take it there."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.publisher.api import posts as post_routes
from services.publisher.api import replies as reply_routes
from services.publisher.api.desk import GRACE
from services.publisher.api.shapes import Draft, Schedule
from shared.errors import Conflict, Forbidden
from shared.events.publisher.parts import RenditionPart
from shared.problems import Problem
from shared.service import build
from shared.telemetry import span
from tests.services.publisher.conftest import Publisher


def draft(publisher: Publisher, text: str = "bonjour", *channels: Any) -> Draft:
    to = channels or (publisher.channel,)
    return Draft(renditions=[RenditionPart(channel_id=one.channel_id, network=one.network, text=text) for one in to])


async def drafted(publisher: Publisher, text: str = "bonjour", *channels: Any) -> str:
    return str((await publisher.desk().draft(publisher.who(), draft(publisher, text, *channels))).body["post_id"])


async def test_nobody_approves_what_they_wrote_themselves(publisher: Publisher) -> None:
    """Neither the author nor who changed it last: a second pair of eyes saw this very text."""
    desk, post_id = publisher.desk(), await drafted(publisher)
    await desk.change(publisher.who("tom"), post_id, draft(publisher, "bonsoir"))
    await desk.submit(publisher.who("ines"), post_id)
    for person in ("ines", "tom"):
        with pytest.raises(Forbidden):
            await desk.approve(publisher.who(person), post_id)
    assert (await desk.approve(publisher.who("zoe"), post_id)).body["state"] == "approved"


async def test_a_decision_on_another_version_is_refused(publisher: Publisher) -> None:
    """The person saw `seq` 2; the text was changed meanwhile: 409 with what it is now."""
    desk, post_id = publisher.desk(), await drafted(publisher)
    submitted = await desk.submit(publisher.who(), post_id)
    await desk.change(publisher.who(), post_id, draft(publisher, "bonsoir"))
    with pytest.raises(Conflict) as refused:
        await desk.approve(publisher.who("tom", seq=submitted.body["seq"]), post_id)
    assert refused.value.current is not None
    assert refused.value.current["renditions"][0]["text"] == "bonsoir"


async def test_what_is_scheduled_into_the_past_is_refused(publisher: Publisher) -> None:
    """Nine o'clock, typed at twenty past nine, means tomorrow: it does not leave now, for that one sends it."""
    desk, post_id = publisher.desk(), await approved(publisher)
    now = await publisher.floor.database.now()
    with pytest.raises(Problem, match="that time has passed"):
        await desk.schedule(publisher.who(), post_id, Schedule(due_at=now - GRACE))
    await publisher.turn()
    assert publisher.wall.created == []
    assert (await publisher.stored(post_id))["state"] == "approved"


async def test_a_click_that_comes_a_little_late_is_taken(publisher: Publisher) -> None:
    """The minute that was typed is over when the command comes: it leaves."""
    desk, post_id = publisher.desk(), await approved(publisher)
    await desk.schedule(publisher.who(), post_id, Schedule(due_at=await publisher.floor.database.now() - GRACE / 2))
    await publisher.turn()
    assert len(publisher.wall.created) == 1


async def test_a_schedule_that_was_carried_out_answers_the_same_for_long(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer was lost and the time has passed since: the same command is not refused for that."""
    desk, post_id = publisher.desk(), await approved(publisher)
    soon = Schedule(due_at=await publisher.floor.database.now())
    first = await desk.schedule(publisher.who(key="a click"), post_id, soon)
    monkeypatch.setattr("services.publisher.api.desk.GRACE", -timedelta(days=1))  # as if a day had passed
    with pytest.raises(Problem, match="that time has passed"):
        await desk.schedule(publisher.who(), post_id, soon)
    assert await desk.schedule(publisher.who(key="a click"), post_id, soon) == first


async def test_changing_a_scheduled_post_takes_it_back(publisher: Publisher) -> None:
    """What was approved is not what would leave: it is a draft again, and nothing goes out."""
    desk, post_id = publisher.desk(), await drafted(publisher)
    await desk.submit(publisher.who(), post_id)
    await desk.approve(publisher.who("tom"), post_id)
    now = await publisher.floor.database.now()
    await desk.schedule(publisher.who(), post_id, Schedule(due_at=now))
    changed = await desk.change(publisher.who(), post_id, draft(publisher, "bonsoir"))
    assert (changed.body["state"], changed.body["approved_by"]) == ("draft", "")
    await publisher.turn()
    assert publisher.wall.created == []


async def test_a_channel_taken_off_and_put_back_goes_on_counting(publisher: Publisher) -> None:
    """Readers keep the higher number of a delivery: a new one from zero would be old news to them."""
    publisher.wall.actions = frozenset()
    desk, second = publisher.desk(), publisher.connect("wall")
    post_id = await drafted(publisher, "bonjour", publisher.channel, second)
    table = publisher.floor.database.system("deliveries")
    for channels in ((publisher.channel, second), (publisher.channel,), (publisher.channel, second)):
        await desk.change(publisher.who("ines"), post_id, draft(publisher, "bonjour", *channels))
        await desk.submit(publisher.who(), post_id)
        await desk.approve(publisher.who("tom"), post_id)
        await desk.send(publisher.who(), post_id)
        await table.update_many({}, {"$set": {"state": "rejected"}, "$inc": {"seq": 1}})
        await publisher.floor.database.system("posts").update({"_id": post_id}, {"$set": {"state": "failed"}})
    assert (await table.get({"channel_id": second.channel_id}) or {})["seq"] == 4


async def test_the_same_command_again_has_one_effect(publisher: Publisher) -> None:
    """Same key, same request: the stored answer; same key, another request: refused."""
    desk, post_id = publisher.desk(), await drafted(publisher)
    first = await desk.submit(publisher.who(key="once"), post_id)
    assert (await desk.submit(publisher.who(key="once"), post_id)).body == first.body
    with pytest.raises(Problem, match="another request"):
        await desk.submit(publisher.who(key="once", digest="other"), post_id)


async def test_what_is_told_of_a_post_carries_the_trace_of_who_scheduled_it(publisher: Publisher) -> None:
    """From the click to the network's answer it is one trace."""
    traces: list[str] = []

    def listen(rows: Any) -> None:
        traces.extend(dict(row.message.headers)["ce_traceparent"].decode().split("-")[1] for row in rows)

    desk, post_id = publisher.desk(), await drafted(publisher)
    await desk.submit(publisher.who(), post_id)
    await desk.approve(publisher.who("tom"), post_id)
    publisher.floor.database.outbox.on_commit(listen)
    with span("the click"):
        await desk.send(publisher.who(), post_id)
    await publisher.turn()
    assert len(traces) == 3
    assert len(set(traces)) == 1


async def test_every_body_has_an_example_and_every_route_its_problems(publisher: Publisher) -> None:
    """What the description of the service promises to who reads it."""
    app = build(
        publisher.floor, routers=[post_routes.routes(publisher.desk()), reply_routes.routes(publisher.answering())]
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://publisher.test") as http:
        described = (await http.get("/openapi.json")).json()
    schemas = described["components"]["schemas"]
    assert all(schemas[name]["examples"] for name in ("Draft", "Schedule", "Reason", "Reply", "Settlement", "Check"))
    for path, methods in described["paths"].items():
        for operation in methods.values() if path.startswith("/brands") else ():
            assert {"401", "403", "404", "409", "422", "503"} <= set(operation["responses"]), path


async def approved(publisher: Publisher) -> str:
    """A post that may be given a time."""
    desk, post_id = publisher.desk(), await drafted(publisher)
    await desk.submit(publisher.who(), post_id)
    await desk.approve(publisher.who("tom"), post_id)
    return post_id


async def test_what_is_already_claimed_cannot_be_taken_back(publisher: Publisher) -> None:
    """409 in the post's own shape, with the delivery that is under way; it goes out, once."""
    desk, post_id = publisher.desk(), await approved(publisher)
    sent = await desk.send(publisher.who(), post_id)
    (claimed,) = await publisher.deliveries.claim(await publisher.deliveries.due(1), "token")
    for command in (
        desk.cancel(publisher.who(seq=sent.body["seq"]), post_id, "no"),
        desk.send(publisher.who(), post_id),
    ):
        with pytest.raises(Conflict, match="already claimed") as refused:
            await command
        current = refused.value.current or {}
        assert (current["post_id"], current["seq"]) == (post_id, sent.body["seq"])
        assert [one["state"] for one in current["deliveries"]] == ["claimed"]
    await publisher.sender._send(claimed, time.monotonic())
    assert (await publisher.state(post_id), len(publisher.wall.created)) == ("confirmed", 1)


async def test_cancelling_while_it_is_being_sent_has_one_outcome(publisher: Publisher) -> None:
    """Either it was taken back and nothing left, or it is refused and it left; never both, never neither."""
    desk = publisher.desk()
    for n in range(12):
        post_id, before = await approved(publisher), len(publisher.wall.created)
        await desk.send(publisher.who(), post_id)
        jobs = [publisher.sender.send_due(), desk.cancel(publisher.who(), post_id, "no")]
        ended = await asyncio.gather(*(jobs if n % 2 else jobs[::-1]), return_exceptions=True)
        await publisher.settle_calls()
        refused = any(isinstance(one, Conflict) for one in ended)
        assert refused or not any(isinstance(one, BaseException) for one in ended)
        assert len(publisher.wall.created) - before == refused
        assert await publisher.state(post_id) == ("confirmed" if refused else "cancelled")
