"""What is said to an account on a real Bluesky network comes in, changes and goes; replies are hidden and shown."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from shared.egress import Egress
from shared.networks.bluesky.client import Bluesky
from shared.networks.capabilities import Gone, Refused, Sighting
from tests.peers.sky import Sky, eventually, target


@pytest.fixture
def bluesky(egress: Egress) -> Bluesky:
    return Bluesky(egress)


@pytest.fixture
async def root(sky: Sky) -> str:
    """A post of the brand's, alice's, that the network shows."""
    return await sky.say("alice", f"Portes ouvertes samedi {uuid4().hex[:6]}")


async def look(bluesky: Bluesky, sky: Sky, cursor: Mapping[str, Any]) -> tuple[dict[str, Sighting], Mapping[str, Any]]:
    """What the polls of one turn show, by address."""
    seen: dict[str, Sighting] = {}
    while True:
        page = await bluesky.poll(sky.account(), cursor)
        cursor = page.cursor
        for raw in page.changes:
            sighting = bluesky.normalise(raw)
            assert sighting is not None
            seen[raw.external_id] = sighting
        if not page.more:
            return seen, cursor


async def test_comments_replies_and_mentions_come_in(bluesky: Bluesky, sky: Sky, root: str) -> None:
    """A comment on our post, a reply deeper down and a mention elsewhere are told apart."""
    comment = await sky.say("bob", "À quelle heure ?", to=root)
    deeper = await sky.say("carol", "Dès 10 h je crois", to=comment, root=root)
    mention = await sky.say("carol", "Allez voir @alice.test !")
    seen, _ = await look(bluesky, sky, {})
    assert seen[comment].interaction_kind == "comment"
    assert seen[deeper].interaction_kind == "reply"
    assert seen[mention].interaction_kind == "mention"
    assert seen[comment].author.handle == "bob.test"
    assert seen[deeper].parent_external_id == comment
    assert {seen[comment].thread_external_id, seen[deeper].thread_external_id} == {root}
    assert seen[comment].extra["thread_title"].startswith("Portes ouvertes samedi")
    assert (seen[root].interaction_kind, seen[root].author_is_brand) == ("post", True)


async def test_a_reply_without_notification_is_found_in_its_thread(bluesky: Bluesky, sky: Sky, root: str) -> None:
    """A hidden reply notifies nobody, as a lost one: reading the threads of our own posts finds it."""
    _, cursor = await look(bluesky, sky, {})
    lost = await sky.say("bob", "Notification perdue", to=root)
    assert await bluesky.hide(sky.account(), target(lost, root)) == "done"

    async def it_is_hidden() -> bool:
        return await sky.hidden_in(root) == [lost]

    await eventually(it_is_hidden)
    seen, _ = await look(bluesky, sky, cursor)
    assert seen[lost].visibility == "hidden"


async def test_our_own_reply_is_the_brands(bluesky: Bluesky, sky: Sky, root: str) -> None:
    """What the account itself answers is known as the brand's."""
    asked = await sky.say("bob", "Et dimanche ?", to=root)
    answer = await sky.say("alice", "Aussi !", to=asked, root=root)
    seen, _ = await look(bluesky, sky, {})
    assert seen[answer].author_is_brand
    assert not seen[asked].author_is_brand


async def test_an_edit_has_a_version_of_its_own(bluesky: Bluesky, sky: Sky, root: str) -> None:
    """The same address with other words has another cid: that is the network's own version."""
    comment = await sky.say("bob", "Première pensée", to=root)
    before, cursor = await look(bluesky, sky, {})
    await sky.rewrite("bob", comment, "Seconde pensée")
    after, _ = await look(bluesky, sky, cursor)
    assert after[comment].text == "Seconde pensée"
    assert after[comment].version != before[comment].version


async def test_a_deletion_is_stated_once_the_record_is_missing(bluesky: Bluesky, sky: Sky, root: str) -> None:
    """A known post that is no longer shown is asked for by its address; missing there, it is deleted."""
    comment = await sky.say("bob", "Je regrette", to=root)
    _, cursor = await look(bluesky, sky, {})
    await sky.unsay("bob", comment)
    seen, cursor = await look(bluesky, sky, cursor)
    assert seen[comment].kind == "deleted"
    with pytest.raises(Gone):
        await bluesky.read(sky.account(), comment, {})
    later, _ = await look(bluesky, sky, cursor)
    assert comment not in later


async def test_hiding_and_showing_changes_what_others_are_shown(bluesky: Bluesky, sky: Sky, root: str) -> None:
    """A reply is hidden in our thread and shown again; doing either twice changes nothing; others stay hidden."""
    first, second = [await sky.say("bob", words, to=root) for words in ("Nul", "Vraiment nul")]
    for uri in (first, second):
        assert await bluesky.hide(sky.account(), target(uri, root)) == "done"
    assert await bluesky.hide(sky.account(), target(first, root)) == "already"

    async def both_are_hidden() -> bool:
        return set(await sky.hidden_in(root)) == {first, second}

    await eventually(both_are_hidden)
    seen, cursor = await look(bluesky, sky, {})
    assert seen[first].visibility == "hidden"
    assert await bluesky.show(sky.account(), target(first, root)) == "done"
    assert await bluesky.show(sky.account(), target(first, root)) == "already"

    async def one_is_hidden() -> bool:
        return await sky.hidden_in(root) == [second]

    await eventually(one_is_hidden)
    seen, _ = await look(bluesky, sky, cursor)
    assert (seen[first].visibility, seen[second].visibility) == ("public", "hidden")
    alone = bluesky.normalise(await bluesky.read(sky.account(), second, {}))
    assert alone is not None
    assert alone.visibility == "hidden"


async def test_only_in_our_own_thread(bluesky: Bluesky, sky: Sky, root: str) -> None:
    """In another's thread nothing can be hidden; what is no more is gone."""
    theirs = await sky.say("bob", "Mon fil à moi @alice.test")
    with pytest.raises(Refused, match="only the account that began"):
        await bluesky.hide(sky.account(), target(theirs))
    comment = await sky.say("bob", "Vite parti", to=root)
    await sky.unsay("bob", comment)
    assert await bluesky.hide(sky.account(), target(comment, root)) == "gone"
