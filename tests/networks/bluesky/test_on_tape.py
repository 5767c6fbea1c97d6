"""What was said between us and a real Bluesky network, played back: our calls, and what we read from its answers."""

import json
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from shared.networks.bluesky import record
from shared.networks.bluesky.client import Bluesky
from shared.networks.capabilities import DeliveryKey, Gone, Page, Refused, Rendition, Sighting
from tests.networks.tapes import Tape
from tests.peers.sky import Sky, target

PUT = "com.atproto.repo.putRecord"


def text_of(make: Callable[[], str]) -> Callable[[], Awaitable[str]]:
    """What others do, as a tape wants it."""

    async def later() -> str:
        return make()

    return later


async def delivery(tape: Tape) -> DeliveryKey:
    return DeliveryKey(await tape.given("delivery", text_of(lambda: str(uuid4()))), await tape.moment())


async def opened(tape: Tape) -> Bluesky:
    moment = await tape.moment()
    return Bluesky(tape, lambda: moment)


async def thread(tape: Tape, sky: Sky) -> tuple[str, str]:
    """A post of ours and bob's comment on it."""
    root = await tape.given("root", lambda: sky.say("alice", "Portes ouvertes samedi"))
    return root, await tape.given("comment", lambda: sky.say("bob", "À quelle heure ?", to=root))


def read(bluesky: Bluesky, page: Page) -> dict[str, Sighting]:
    return {raw.external_id: bluesky.normalise(raw) for raw in page.changes}  # type: ignore[misc]


async def test_two_attempts_put_the_same_record(tape: Tape, sky: Sky) -> None:
    """Same key, same date, create only: the network answers both with the one post. One session does for all."""
    bluesky, account, key = await opened(tape), await tape.account(sky.account), await delivery(tape)
    what = Rendition("Été à Évry : https://example.org/fête #patrimoine", language="fr")
    assert await bluesky.publish(account, what, key) == await bluesky.publish(account, what, key)
    first, second = tape.bodies(PUT)
    assert first == second
    assert first["rkey"] == record.key(key)
    assert first["swapRecord"] is None
    assert first["record"]["createdAt"] == record.time(key.created_at)
    assert [facet["index"] for facet in first["record"]["facets"]] == [
        {"byteStart": 17, "byteEnd": 42},
        {"byteStart": 43, "byteEnd": 54},
    ]
    assert tape.times("POST", "createSession") == 1


async def test_other_words_under_the_key_are_refused(tape: Tape, sky: Sky) -> None:
    """What went out is never replaced by a later text."""
    bluesky, account, key = await opened(tape), await tape.account(sky.account), await delivery(tape)
    made = await bluesky.publish(account, Rendition("Version une"), key)
    with pytest.raises(Refused) as refusal:
        await bluesky.publish(account, Rendition("Version deux"), key)
    assert refusal.value.code == "InvalidSwap"
    assert await bluesky.find_post(account, Rendition("Version deux"), key, key.created_at) == [made]


async def test_a_reply_names_its_parent_and_its_root(tape: Tape, sky: Sky) -> None:
    """In the versions that stand today, as the network shows them."""
    bluesky, account, key = await opened(tape), await tape.account(sky.account), await delivery(tape)
    root, comment = await thread(tape, sky)
    await bluesky.reply(account, target(comment, root), "Dès 10 h, @bob.test", key)
    (sent,) = tape.bodies(PUT)
    answered = sent["record"]["reply"]
    assert (answered["root"]["uri"], answered["parent"]["uri"]) == (root, comment)
    assert answered["parent"]["cid"]
    assert sent["record"]["facets"][0]["features"][0]["did"] in comment


async def test_a_turn_reads_notices_threads_and_what_is_known(tape: Tape, sky: Sky) -> None:
    """A comment comes in with its version; deleted, it is asked for by its address before it is called gone."""
    bluesky, account = await opened(tape), await tape.account(sky.account)
    root, comment = await thread(tape, sky)
    page = await bluesky.poll(account, {})
    first = read(bluesky, page)
    assert (first[comment].text, first[comment].interaction_kind) == ("À quelle heure ?", "comment")
    assert first[comment].parent_external_id == first[comment].thread_external_id == root
    assert first[comment].extra["thread_title"] == "Portes ouvertes samedi"
    assert first[comment].version == first[comment].extra["cid"]
    assert (first[root].author_is_brand, first[root].interaction_kind) == (True, "post")
    assert page.covered_until == await tape.moment()

    async def unsay() -> str:
        await sky.unsay("bob", comment)
        return comment

    await tape.given("unsaid", unsay)
    page = await bluesky.poll(account, json.loads(json.dumps(page.cursor)))
    assert read(bluesky, page)[comment].kind == "deleted"
    assert comment not in page.cursor["ring"]
    with pytest.raises(Gone):
        await bluesky.read(account, comment, {})


async def test_hiding_swaps_the_list_it_has_read(tape: Tape, sky: Sky) -> None:
    """A new list is created only, an old one replaced only in the version that was read; nothing is written twice."""
    bluesky, account = await opened(tape), await tape.account(sky.account)
    root, comment = await thread(tape, sky)
    acts = (bluesky.hide, bluesky.hide, bluesky.show, bluesky.show)
    assert [await act(account, target(comment, root)) for act in acts] == ["done", "already", "done", "already"]
    hiding, showing = tape.bodies(PUT)
    assert (hiding["swapRecord"], hiding["record"]["hiddenReplies"]) == (None, [comment])
    assert showing["swapRecord"]
    assert showing["record"]["hiddenReplies"] == []
    assert showing["record"]["createdAt"] == hiding["record"]["createdAt"]


async def test_only_the_accounts_own_words_are_deleted(tape: Tape, sky: Sky) -> None:
    """Another's are refused before the network is asked."""
    bluesky, account, key = await opened(tape), await tape.account(sky.account), await delivery(tape)
    made = await bluesky.publish(account, Rendition("Vite dit"), key)
    assert [await bluesky.delete(account, target(made)) for _ in range(2)] == ["done", "gone"]
    _, comment = await thread(tape, sky)
    with pytest.raises(Refused):
        await bluesky.delete(account, target(comment))
    assert tape.times("POST", "deleteRecord") == 2
