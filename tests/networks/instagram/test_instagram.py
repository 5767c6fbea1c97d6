"""Instagram: what Meta describes of it, its two steps, its mentions told by ids."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parvis.simulator.remote import Simulator
from shared.egress import Egress
from shared.errors import NotSent, OutcomeUnknown
from shared.networks.capabilities import Account, Gone, Media, RateLimited, RawChange, Refused, Rendition, Target
from shared.networks.instagram import inbound
from shared.networks.instagram.client import Instagram
from tests.networks.answers import Answers, answer
from tests.networks.meta_specs import PAGING, asked, described, fields_of
from tests.networks.overheard import Call, Overheard
from tests.networks.seats import PHOTO, Seat, delivery, seat, words
from tests.networks.specs import spec

ACCOUNT = Account("ch", "br", "1", "https://graph.example/v25.0", "secret")
FILM = Media("https://kerlann.example/film.mp4", "video/mp4")
CONTAINER = {"id", "status_code", "status"}  # of a container, which Meta's file leaves out
SIGNED_IN = {"user_id"}  # of an account that signed in to Instagram itself: another file


@pytest.fixture
async def kerlann(simulator: Simulator, egress: Egress) -> Seat:
    """An account on the simulated Instagram."""
    return await seat("instagram", simulator, egress)


async def everything(here: Seat) -> None:
    """One of each call."""
    client, account, since = here.client, here.account, datetime.now(UTC)
    await client.publish(account, Rendition("Album", media=(PHOTO, PHOTO)), delivery())
    await client.publish(account, Rendition("Film", media=(FILM,)), delivery())
    target = await here.hears("Taille ?")
    await client.reply(account, target, "Grand", delivery())
    await client.find_post(account, here.post(), delivery(), since)
    await client.find_reply(account, target, "Grand", delivery(), since)
    await client.hide(account, target)
    await client.poll(account, {})
    await client.read(account, target.external_id, target.extra)
    await client.read(account, target.thread_external_id, {"thread": target.thread_external_id})
    await client.delete(account, target)
    await client.whoami(account)


def place(call: Call, here: Seat, comment: str) -> tuple[str, str]:
    """On which kind of object a call is made, and on which of its edges."""
    object_id, _, edge = call.url.removeprefix(here.account.base_url + "/").partition("/")
    if object_id in ("me", here.account.account_id):
        return "IGUser", edge
    return ("IGComment" if object_id == comment else "IGMedia"), edge


async def test_every_call_is_one_that_meta_describes(simulator: Simulator, egress: Egress) -> None:
    """Each edge exists on its object with that method, takes those parameters, and has those fields."""
    spec("meta/IGUser.json")
    here, overheard = await seat("instagram", simulator, egress), Overheard(egress)
    here.client = Instagram(overheard)  # type: ignore[arg-type]
    await everything(here)
    comments = {call.url.split("/")[-2] for call in overheard.calls if call.url.endswith("/replies")}
    answered = {"media": "IGMedia", "comments": "IGComment", "replies": "IGComment"}
    for call in overheard.calls:
        kind, edge = place(call, here, next(iter(comments)))
        assert set(call.sent) - PAGING <= described(kind, call.method, edge), (call.method, kind, edge)
        if not asked(call) <= CONTAINER:
            assert asked(call) - SIGNED_IN <= fields_of(answered.get(edge, kind)), (kind, edge)


async def test_a_carousel_is_one_post(kerlann: Seat) -> None:
    """Several pictures are made ready one by one, and appear once, together."""
    post = Rendition(words().text, media=(PHOTO, PHOTO, PHOTO))
    published = await kerlann.client.publish(kerlann.account, post, delivery())
    (said,) = await kerlann.said_by_api(post.text)
    assert said["subject"] == published.remote_id
    assert len((await kerlann.simulator.thing(published.remote_id))["media"]) == 3


async def test_what_is_not_ready_goes_out_later_from_the_same_container(
    kerlann: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A film takes its time: nothing was published, and the next attempt of the same delivery begins no second one."""
    monkeypatch.setattr("shared.networks.instagram.publishing.LOOKS", 1)
    post, key = kerlann.post(), delivery()
    await kerlann.misbehaves("container_unready", "media")
    with pytest.raises(NotSent) as later:
        await kerlann.client.publish(kerlann.account, post, key)
    assert later.value.after > 0
    overheard = Overheard(kerlann.client._graph._egress)
    kerlann.client._graph._egress = overheard
    published = await kerlann.client.publish(kerlann.account, post, key)
    assert [one["subject"] for one in await kerlann.said_by_api(post.text)] == [published.remote_id]
    assert not [call for call in overheard.calls if call.url.endswith("/media")]


@pytest.mark.parametrize("fault", ["server_error", "drop", "stall"])
async def test_a_container_that_was_not_made_is_nothing_sent(kerlann: Seat, fault: str) -> None:
    """Whatever goes wrong before the one call that shows it has shown nothing, and needs no looking for."""
    await kerlann.misbehaves(fault, "media", seconds=0.1)
    with pytest.raises(NotSent):
        await kerlann.client.publish(kerlann.account, kerlann.post(), delivery())


async def test_words_alone_are_refused_before_any_call() -> None:
    """Nothing is asked of Instagram for what it cannot have."""
    silent = Answers(answer(200))
    with pytest.raises(Refused):
        await Instagram(silent).publish(ACCOUNT, Rendition("Bonjour"), delivery())  # type: ignore[arg-type]
    assert not silent.asked


async def test_a_full_day_waits(kerlann: Seat) -> None:
    """The hundred-and-first post of a day is told as a rate limit by its own code, not as a refusal."""
    error = {"error": {"code": 9, "error_subcode": 2207042, "message": "Application request limit reached"}}
    full = Answers(answer(200, '{"id": "5", "status_code": "FINISHED"}'), answer(200, '{"status_code": "FINISHED"}'),
                   answer(403, json.dumps(error)))  # fmt: skip
    with pytest.raises(RateLimited):
        await Instagram(full).publish(kerlann.account, kerlann.post(), delivery())  # type: ignore[arg-type]


async def test_an_answer_to_an_answer_joins_its_row(kerlann: Seat) -> None:
    """Instagram answers only below the comment at the top; the one who is meant is named."""
    top = await kerlann.hears("Elle taille grand ?")
    await kerlann.hears("Moi aussi j'aimerais savoir", "Youssef Benali", parent=top.external_id)
    seen = await kerlann.seen()
    below = next(one for one in seen.values() if one.text.startswith("Moi aussi"))
    assert (below.parent_external_id, below.interaction_kind) == (top.external_id, "reply")
    target = Target(below.external_id, below.thread_external_id, below.author.handle, "", below.extra)
    began, text = datetime.now(UTC), words("Prenez votre taille").text
    published = await kerlann.client.reply(kerlann.account, target, text, key := delivery())
    standing = await kerlann.simulator.thing(published.remote_id)
    assert (standing["parent_id"], standing["text"]) == (top.external_id, f"@youssef_benali {text}")
    found = await kerlann.client.find_reply(kerlann.account, target, text, key, began)
    assert [one.remote_id for one in found] == [published.remote_id]


async def test_a_hidden_comment_cannot_be_answered(kerlann: Seat) -> None:
    """Instagram's own rule: shown again first."""
    target = await kerlann.hears("Bande de clowns")
    await kerlann.client.hide(kerlann.account, target)
    with pytest.raises(Refused):
        await kerlann.client.reply(kerlann.account, target, "Bonjour", delivery())


async def test_a_deep_walk_reads_all_again_and_a_quick_one_what_changed(kerlann: Seat) -> None:
    """An edit changes no number: only the hourly walk over all of the window finds it."""
    target = await kerlann.hears("Bonjor")
    _, cursor = await kerlann.polled()
    await kerlann.simulator.edit(target.external_id, "Bonjour")
    later = {**cursor, "until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    assert not (await kerlann.client.poll(kerlann.account, later)).changes
    seen = await kerlann.seen({**later, "deep_at": "2026-01-01T00:00:00+00:00"})
    assert seen[target.external_id].text == "Bonjour"


async def test_a_deep_walk_forgets_what_is_no_longer_there(kerlann: Seat) -> None:
    """The cursor does not grow with every medium that there ever was; a quick walk keeps what it compares with."""
    target = await kerlann.hears("Bonjour")
    _, cursor = await kerlann.polled({"counts": {"long-gone": 3}})
    assert set(cursor["counts"]) == {target.thread_external_id}
    assert (await kerlann.polled(cursor))[1]["counts"] == cursor["counts"]


async def test_a_mention_is_told_by_ids_and_read_by_them(kerlann: Seat) -> None:
    """The webhook says where, the account asks what, and answers; nobody can look for that answer."""
    row = kerlann.row
    said = await kerlann.simulator.post(row, f"Merci @{row['handle']} !", "Camille Leroy")
    (raw,) = inbound.split(call("mentions", row["id"], {"media_id": said["id"]}))
    notice = inbound.normalise(raw)
    assert notice is not None
    assert (notice.kind, notice.external_id) == ("noticed", said["id"])
    read = inbound.normalise(await kerlann.client.read(kerlann.account, said["id"], notice.extra))
    assert read is not None
    assert (read.text, read.interaction_kind, read.author_is_brand) == (said["text"], "mention", False)
    target = Target(said["id"], said["id"], read.author.handle, "", read.extra)
    await kerlann.client.reply(kerlann.account, target, "Avec plaisir !", delivery())
    with pytest.raises(Refused):
        await kerlann.client.find_reply(kerlann.account, target, "Avec plaisir !", delivery(), datetime.now(UTC))
    await kerlann.simulator.delete(said["id"])
    with pytest.raises(Gone):
        await kerlann.client.read(kerlann.account, said["id"], notice.extra)


async def test_an_answer_without_an_id_leaves_it_unknown() -> None:
    """Created, but under which name nobody knows: looked for, never sent again."""
    mute = Answers(answer(200, "{}"))
    with pytest.raises(OutcomeUnknown):
        await Instagram(mute).reply(ACCOUNT, Target("2", "1"), "Bonjour", delivery())  # type: ignore[arg-type]


def call(field: str, account: str, value: dict[str, Any]) -> bytes:
    """A webhook's body with one change."""
    entry = {"id": account, "time": 1795247880, "changes": [{"field": field, "value": value}]}
    return json.dumps({"object": "instagram", "entry": [entry]}).encode()


def test_a_webhooks_comment_is_read() -> None:
    """Who, what and where; it came when the call says, for a comment's own time is not told."""
    value = {"id": "9", "from": {"id": "77", "username": "camille"}, "media": {"id": "5"}, "text": "Taille ?"}
    (raw,) = inbound.split(call("comments", "1", value))
    seen = inbound.normalise(raw)
    assert seen is not None
    assert (seen.kind, seen.external_id, seen.thread_external_id, seen.parent_external_id) == ("created", "9", "5", "5")
    assert (seen.author.external_id, seen.author.handle, seen.text) == ("77", "camille", "Taille ?")
    assert seen.said_at == datetime(2026, 11, 21, 7, 58, tzinfo=UTC)
    own = inbound.normalise(RawChange("instagram", "77", "9", raw.kind, raw.body))
    assert own is not None
    assert own.author_is_brand
    (answered,) = inbound.split(call("comments", "1", {**value, "parent_id": "8"}))
    assert (inbound.normalise(answered) or seen).parent_external_id == "8"


def test_a_change_may_stand_in_its_entry() -> None:
    """So it is told of accounts that signed in to Instagram itself; it is the same comment."""
    value = {"id": "9", "from": {"id": "77", "username": "ines"}, "media": {"id": "5"}, "text": "Taille ?"}
    change = {"field": "comments", "value": value}
    entries: list[dict[str, Any]] = [
        {"id": "1", "time": 1795597199, **change},
        {"id": "1", "time": 1795597199, "changes": [change]},
    ]
    alone, listed = (inbound.split(json.dumps({"object": "instagram", "entry": [one]}).encode()) for one in entries)
    assert len(alone) == 1
    assert alone == listed


def test_other_fields_say_nothing_of_what_was_said() -> None:
    """Insights of a story are no interaction."""
    (raw,) = inbound.split(call("story_insights", "1", {"media_id": "5", "reach": 17}))
    assert inbound.normalise(raw) is None


@pytest.mark.parametrize("name", ["comments/comment_fields.json", "models/ig_comment.json"])
def test_recorded_comments_are_read(name: str) -> None:
    """Comments that Instagram really sent, with and without their author's number."""
    found = spec(f"recorded/instagram/{name}")
    seen = inbound.normalise(inbound.raw_comment("17841406338772941", found, "17846368219941692"))
    assert seen is not None
    assert (seen.external_id, seen.text) == (found["id"], found["text"])
    assert seen.author.handle == found["username"]


def test_recorded_albums_show_their_pictures() -> None:
    """Each picture of a carousel is a medium."""
    found = spec("recorded/instagram/medias/media_default.json")
    seen = inbound.normalise(inbound.raw_media("1", found))
    assert seen is not None
    assert (seen.text, len(seen.media)) == (found["caption"], len(found["children"]["data"]))
