"""What people say to an account on a real Bluesky network comes in, is judged, hidden, shown and answered."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.flows.town import Brand, Said, eventually
from tests.peers.sky import Sky
from tests.peers.stories.square import answer_twice, decide, evidence
from tests.peers.wire import Wire

INSULT = "Vous êtes une bande de connards, bande d'abrutis finis"
PUT = "POST /xrpc/com.atproto.repo.putRecord"


@pytest.fixture
async def root(brand: Brand, sky: Sky) -> str:
    """A post of alice's, whose account the brand has connected."""
    return await sky.say("alice", f"Portes ouvertes samedi {uuid4().hex[:6]}")


async def until_hidden(sky: Sky, root: str, uri: str, hidden: bool = True) -> None:
    """Waits until the network hides the reply in its thread (or shows it)."""

    async def look() -> bool:
        return (uri in await sky.hidden_in(root)) is hidden

    await eventually(look, "hidden in its thread" if hidden else "shown in its thread")


async def test_an_insult_is_hidden_in_its_thread_and_shown_again_by_a_person(brand: Brand, sky: Sky, root: str) -> None:
    """The rule hides the reply by the thread's gate and keeps what was said; a person sees it otherwise."""
    uri = await sky.say("bob", INSULT, to=root)
    said = Said(brand, "bluesky", uri)
    item = await said.judged()
    assert (item["author"]["handle"], item["verdict"]["wish"]) == ("bob.test", "hide")
    await until_hidden(sky, root, uri)
    (kept,) = await evidence(said)
    assert kept["text"] == INSULT
    await decide(said, "allow")
    await until_hidden(sky, root, uri, hidden=False)
    await said.until(lambda item: item["case"]["state"] == "decided", "the case decided in the inbox")


async def test_what_was_mended_is_judged_again_and_shown(brand: Brand, sky: Sky, root: str) -> None:
    """Other words under the same address have another cid: revision 2 passes, and what a rule hid is shown."""
    uri = await sky.say("bob", INSULT, to=root)
    await until_hidden(sky, root, uri)
    await sky.rewrite("bob", uri, "Pardon pour mes mots. Avez-vous encore des places ?")
    item = await Said(brand, "bluesky", uri).judged(revision=2)
    assert item["verdict"]["outcome"] == "allow"
    await until_hidden(sky, root, uri, hidden=False)


async def test_a_reply_whose_notification_is_lost_comes_in_all_the_same(brand: Brand, sky: Sky, root: str) -> None:
    """The network tells alice nothing of what carol says: reading the thread finds it."""
    async with sky.not_told("alice", of="carol"):
        uri = await sky.say("carol", "À quelle heure ouvrez-vous ?", to=root)
        item = await Said(brand, "bluesky", uri).judged()
        assert uri not in await sky.notices_of("alice")
    assert (item["kind"], item["text"]) == ("comment", "À quelle heure ouvrez-vous ?")


async def test_a_question_is_answered_once_though_the_line_is_cut(
    brand: Brand, sky: Sky, root: str, lines: Mapping[str, Wire]
) -> None:
    """Sent twice by the person, and cut off after the network took it: one record stands under the question."""
    asked = await sky.say("bob", "Peut-on venir avec un chien ?", to=root)
    said, text, wire = Said(brand, "bluesky", asked), f"Oui, tenu en laisse ! {uuid4().hex[:6]}", lines["bluesky"]
    await said.judged()
    wire.breaks("unanswered", PUT)
    befallen = len(wire.befallen)
    await answer_twice(said, text)
    await said.until(lambda item: item["answered_at"] and item["state"] == "done", "answered in the inbox")
    assert len(wire.befallen) == befallen + 1
    answers = [one["value"]["reply"] for one in await sky.posts_of("alice") if one["value"]["text"] == text]
    assert [(one["parent"]["uri"], one["root"]["uri"]) for one in answers] == [(asked, root)]


async def test_an_own_answer_is_taken_off_the_network(brand: Brand, sky: Sky, root: str) -> None:
    """A person decides that it goes: its record stands in the account's repository no more."""
    said = Said(brand, "bluesky", await sky.say("bob", "Y a-t-il un vestiaire ?", to=root))
    await said.judged()
    await answer_twice(said, f"Oui, à l'entrée {uuid4().hex[:6]}")
    item = await said.until(lambda item: any(one.get("remote_id") for one in item["replies"]), "answered in the inbox")
    (uri,) = [one["remote_id"] for one in item["replies"]]
    assert uri in [one["uri"] for one in await sky.posts_of("alice")]
    await decide(Said(brand, "bluesky", uri), "delete")

    async def gone() -> bool:
        return uri not in [one["uri"] for one in await sky.posts_of("alice")]

    await eventually(gone, "the answer deleted on the network")


async def test_a_scheduled_post_appears_once_though_the_line_is_cut(
    brand: Brand, sky: Sky, lines: Mapping[str, Wire]
) -> None:
    """The network stores the record and the line is cut: it is found under the key that we chose; never sent again."""
    wire, text = lines["bluesky"], f"La vareuse revient {uuid4().hex[:6]}"
    wire.breaks("unanswered", PUT)
    befallen = len(wire.befallen)
    due = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    post = await brand.post_in_state(await brand.plans(text, "bluesky", due_at=due), "published", within=40)
    assert len(wire.befallen) == befallen + 1
    (delivery,) = post["deliveries"]
    assert (delivery["state"], delivery["why"]) == ("confirmed", "found on the network")
    standing = [one["uri"] for one in await sky.posts_of("alice") if one["value"]["text"] == text]
    assert standing == [delivery["remote_id"]]
