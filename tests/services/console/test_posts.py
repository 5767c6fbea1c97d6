"""Writing posts: each network's codes, the steps to leaving, and what became of each delivery."""

import re
from typing import Any

import pytest

from services.console.consuming import handlers
from services.console.store.posts import delivery_stages, post_stages
from shared.bus.envelope import Outgoing, Received, decode_headers, encode
from shared.events.ingest.channel_measured import ChannelMeasured
from shared.events.publisher.delivery_stranded import DeliveryStranded
from shared.events.publisher.parts import DELIVERY_EXAMPLE, POST_EXAMPLE
from shared.events.publisher.post_drafted import PostDrafted
from tests.services.console.house import House, put
from tests.services.console.visitor import Visitor


@pytest.fixture
async def channels(house: House) -> dict[str, str]:
    """The first brand's channels on three networks, by network."""
    found = {}
    async with house.api() as api:
        for network in ("facebook", "bluesky", "wordpress"):
            found[network] = f"{network}-{house.mark}"
            body = {"brand_id": house.brand("first"), "network": network, "account_id": f"{network}-{house.mark}"}
            more = {"name": "First", "base_url": "http://127.0.0.1:1", "token": "a token"}
            await put(api, f"channels/{found[network]}", body | more)
    return found


async def test_each_network_counts_its_own_way(house: House, ines: Visitor, channels: dict[str, str]) -> None:
    """A text that is too long for one network is said to be, with what is over, while the others are ready."""
    form = {"common": "é" * 310, "title": "", "channel": list(channels.values())}
    page = (await ines.send(f"/{house.brand('first')}/posts/check", form)).text
    assert "310 / 300" in page
    assert "10 too many" in page
    assert f'<span class="over">{"é" * 10}</span>' in page
    assert "1 thing stands in the way" in page


async def test_a_server_that_allows_more_counts_to_more(house: House, ines: Visitor) -> None:
    """What ingest reads of a channel's own server is the counter's limit, here and in a reply, and everybody's code."""
    brand, channel = house.brand("first"), f"ch-{house.brand('first')}"
    async with house.api() as api:
        body = {"brand_id": brand, "network": "mastodon", "account_id": house.mark, "name": "First"}
        await put(api, f"channels/{channel}", body | {"base_url": "http://127.0.0.1:1", "token": "a token"})
    form = {"common": "x" * 510, "title": "", "channel": [channel]}
    assert "510 / 500" in (await ines.send(f"/{brand}/posts/check", form)).text
    await measured(house, channel, 1, {"max_characters": 1000})
    assert "510 / 1,000" in (await ines.send(f"/{brand}/posts/check", form)).text
    await measured(house, channel, 0, {"max_characters": 500})
    assert "510 / 1,000" in (await ines.send(f"/{brand}/posts/check", form)).text
    stored = await house.console.directory.channel(brand, channel) or {}
    assert (stored["codes"], stored["seq"]) == ({"max_characters": 1000}, 2)
    item = await house.hears("first", "Pocket or no pocket?", network="mastodon")
    assert 'data-limit="1000"' in (await ines.open(f"/all/inbox/{item}")).text


async def test_an_adapted_text_stands_for_its_channel_alone(
    house: House, ines: Visitor, channels: dict[str, str]
) -> None:
    """The common text goes to the others."""
    form = {"common": "Common words", f"own:{channels['bluesky']}": "Short words", "channel": list(channels.values())}
    house.neighbours.will("/posts", 201, post_state(house, 1, "draft"))
    await ines.send(f"/{house.brand('first')}/posts/new", {**form, "do": "save", "seq": "0"})
    path, body = house.neighbours.asked[-1]
    texts = {one["network"]: one["text"] for one in body["renditions"]}
    assert path == f"/brands/{house.brand('first')}/posts"
    assert texts == {"facebook": "Common words", "bluesky": "Short words", "wordpress": "Common words"}


async def test_a_picture_goes_along_to_every_channel(house: House, ines: Visitor, channels: dict[str, str]) -> None:
    """By its public address, with what it shows; an empty row is no picture, and it stands in the form again."""
    form = {"common": "Words", "channel": list(channels.values()), "do": "save", "seq": "0"}
    form |= {"media_url": ["https://kerlann.example/a.jpg?w=9", ""], "media_alt": ["Une vareuse bleue", ""]}
    picture = {"url": "https://kerlann.example/a.jpg?w=9", "type": "image/jpeg", "alt": "Une vareuse bleue"}
    state = post_state(house, 1, "draft")
    state["renditions"][0]["media"] = [picture]
    house.neighbours.will("/posts", 201, state)
    answer = await ines.send(f"/{house.brand('first')}/posts/new", form)
    assert [one["media"] for one in house.neighbours.asked[-1][1]["renditions"]] == [[picture]] * len(channels)
    page = (await ines.open(answer.headers["location"])).text
    assert page.count('value="https://kerlann.example/a.jpg?w=9"') == 1
    assert page.count('name="media_url"') == 2


async def test_an_author_cannot_approve_their_own_post(house: House, ines: Visitor, channels: dict[str, str]) -> None:
    """The button is not there, and the page says who can."""
    await post(house, "mine", state="waiting", author=house.login("ines"))
    await post(house, "tom's", state="waiting", author="tom")
    own = await ines.see(f"/{house.brand('first')}/posts/{house.mark}-mine")
    assert "You wrote it: someone else approves." in own
    assert 'value="approve"' not in (await ines.open(f"/{house.brand('first')}/posts/{house.mark}-mine")).text
    assert 'value="approve"' in (await ines.open(f"/{house.brand('first')}/posts/{house.mark}-tom's")).text


async def test_a_schedule_is_asked_for_in_the_brand_s_time(
    house: House, ines: Visitor, channels: dict[str, str]
) -> None:
    """The local time travels as it was typed; the owner knows the zone. The version that was seen goes along."""
    await post(house, "p", state="approved")
    house.neighbours.will("/schedule", 200, post_state(house, 5, "scheduled", f"{house.mark}-p"))
    form = {"do": "schedule", "seq": "4", "local": "2026-11-26T18:30"}
    answer = await ines.send(f"/{house.brand('first')}/posts/{house.mark}-p", form)
    assert answer.headers["location"].endswith(f"/posts/{house.mark}-p?done=scheduled")
    assert house.neighbours.asked[-1][1] == {"local": "2026-11-26T18:30"}
    assert "Scheduled." in await ines.see(answer.headers["location"])


async def test_a_time_that_the_clocks_skip_comes_with_choices(
    house: House, ines: Visitor, channels: dict[str, str]
) -> None:
    """Nothing that was typed is lost, and each choice is a button."""
    await post(house, "p", state="approved")
    choices = ["2026-03-29T01:59:59+01:00", "2026-03-29T03:00:00+02:00"]
    house.neighbours.will("/schedule", 422, {"detail": "no such time", "choices": choices})
    answer = await ines.send(f"/{house.brand('first')}/posts/{house.mark}-p", {"do": "schedule", "local": "x"})
    assert answer.status_code == 422
    assert all(choice in answer.text.replace("&#43;", "+") for choice in choices)


async def test_a_time_that_has_passed_is_said_and_nothing_is_written_twice(
    house: House, ines: Visitor, channels: dict[str, str]
) -> None:
    """What was written until then is kept: the page that says so goes on from it, with what was typed."""
    written = f"{house.mark}-p"
    house.neighbours.will("/posts", 201, post_state(house, 1, "draft", written))
    house.neighbours.will("/submit", 200, post_state(house, 2, "approved", written))
    house.neighbours.will("/schedule", 422, {"detail": "that time has passed", "reason": "past"})
    form = {"do": "schedule", "common": "Words", "local": "2026-11-24T09:00"}
    answer = await ines.send(f"/{house.brand('first')}/posts/new", form)
    assert answer.status_code == 422
    assert "That time has passed. Choose a later one." in answer.text
    assert f'action="/{house.brand("first")}/posts/{written}"' in answer.text
    assert re.search(r'name="seq"[^>]*value="2"', answer.text)
    assert 'value="2026-11-24T09:00"' in answer.text


async def test_someone_changed_it_meanwhile(house: House, ines: Visitor, channels: dict[str, str]) -> None:
    """A 409 shows their version and says that one's own text is kept."""
    await post(house, "p", state="draft")
    current = post_state(house, 9, "draft", f"{house.mark}-p", text="Their words")
    house.neighbours.will(f"{house.mark}-p", 409, {"detail": "changed", "current": current})
    form = {"do": "save", "common": "My words", "seq": "4", "channel": [channels["facebook"]]}
    answer = await ines.send(f"/{house.brand('first')}/posts/{house.mark}-p", form)
    assert answer.status_code == 409
    assert "Someone changed this post meanwhile" in answer.text
    assert "Their words" in answer.text


async def test_a_stranded_delivery_asks_for_a_person(house: House, ines: Visitor, channels: dict[str, str]) -> None:
    """It stands under "needs someone", says why, and takes what the person saw."""
    await post(house, "p", state="going_out")
    fact = DeliveryStranded.model_validate(
        {
            **DELIVERY_EXAMPLE,
            "brand_id": house.brand("first"),
            "post_id": f"{house.mark}-p",
            "channel_id": channels["facebook"],
            "why": "the network cannot be searched",
        }
    )
    place = {"_id": fact.post_id, "brand_id": fact.brand_id}
    await house.console.posts.fold([(place, delivery_stages(fact, "stranded", {}))])
    page = await ines.see("/all/posts")
    assert "Needs someone 1" in page
    assert "the network cannot be searched" in page
    settled = {
        "delivery_id": fact.delivery_id,
        "channel_id": fact.channel_id,
        "network": "facebook",
        "state": "confirmed",
        "seq": fact.seq + 1,
    }
    told = post_state(house, 5, "published", f"{house.mark}-p") | {"deliveries": [settled]}
    house.neighbours.will("/settle", 200, told)
    path = f"/{house.brand('first')}/posts/{house.mark}-p/settle/{fact.delivery_id}"
    answer = await ines.send(path, {"outcome": "confirmed", "url": "https://facebook.example/1"})
    assert answer.status_code == 303
    assert house.neighbours.asked[-1][1]["outcome"] == "confirmed"
    assert "Needs someone 1" not in await ines.see("/all/posts")


async def test_publisher_away_keeps_the_text(house: House, ines: Visitor, channels: dict[str, str]) -> None:
    """The page says so and shows what was typed."""
    house.neighbours.away = True
    form = {"do": "save", "common": "Words that took an hour", "channel": [channels["facebook"]]}
    answer = await ines.send(f"/{house.brand('first')}/posts/new", form)
    assert "publisher does not answer now" in answer.text
    assert "Words that took an hour" in answer.text


async def measured(house: House, channel: str, minute: int, codes: dict[str, int]) -> None:
    """Ingest tells what it found of a channel, at that minute of the clock's hour."""
    at = house.clock().replace(minute=minute)
    fact = ChannelMeasured(
        brand_id=house.brand("first"), channel_id=channel, network="mastodon", measured_at=at, codes=codes
    )
    headers = dict(encode(Outgoing.first(fact, now=at), "/ingest").headers)
    cause = decode_headers(headers, topic=fact.topic().name, partition=0, offset=minute, timestamp_ms=0)
    (hears,) = [one for one in handlers(house.console) if one.event_class is ChannelMeasured]
    await hears.call([Received(fact, cause)])


async def post(house: House, name: str, **fields: Any) -> None:
    """A post as publisher told of it."""
    body = POST_EXAMPLE | {"brand_id": house.brand("first"), "post_id": f"{house.mark}-{name}", "seq": 4} | fields
    body["renditions"] = [{"channel_id": f"facebook-{house.mark}", "network": "facebook", "text": "Words"}]
    fact = PostDrafted.model_validate(body)
    await house.console.posts.fold([({"_id": fact.post_id, "brand_id": fact.brand_id}, post_stages(fact))])


def post_state(house: House, seq: int, state: str, post_id: str = "", text: str = "Words") -> dict[str, Any]:
    """A post as publisher answers with it."""
    renditions = [{"channel_id": f"facebook-{house.mark}", "network": "facebook", "text": text}]
    return {
        "post_id": post_id or f"{house.mark}-new",
        "brand_id": house.brand("first"),
        "seq": seq,
        "state": state,
        "title": "",
        "renditions": renditions,
        "timezone": "Europe/Paris",
        "author": house.login("ines"),
        "approved_by": "",
        "due_at": "2026-11-26T17:30:00+00:00" if state == "scheduled" else None,
        "deliveries": [],
    }
