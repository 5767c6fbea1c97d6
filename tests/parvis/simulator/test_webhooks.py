"""Webhooks come as Meta sends them: signed, several at once, again and again until somebody answers 2xx."""

import asyncio

import httpx
import pytest

from parvis.simulator.remote import Row, Simulator
from shared.networks.meta.webhooks import verify
from tests.parvis.simulator.callback import SECRET, VERIFY, Callback, eventually
from tests.parvis.simulator.conftest import new_page


async def test_a_comment_is_told_signed(simulator: Simulator, hook: Callback, page: Row) -> None:
    """The call's bytes carry the app's signature, and name the comment, its post, its author."""
    said = await simulator.comment(page, "Elle taille grand ?", "Camille Leroy")
    await hook.until(lambda: any("comment_id" in value for _, value in hook.changes()))
    headers, body = hook.calls[-1]
    assert verify(headers, body, SECRET)
    ((account, value),) = [one for one in hook.changes() if "comment_id" in one[1]]
    assert account == page["id"]
    assert (value["item"], value["verb"], value["message"]) == ("comment", "add", "Elle taille grand ?")
    assert (value["comment_id"], value["post_id"], value["from"]["name"]) == (
        said["id"],
        said["root_id"],
        "Camille Leroy",
    )


async def test_each_thing_that_happens_has_its_verb(simulator: Simulator, hook: Callback, page: Row) -> None:
    """Edits, hides and deletions are told too, in order."""
    said = await simulator.comment(page, "Bonjor")
    await simulator.edit(said["id"], "Bonjour")
    await simulator.hide(said["id"])
    await simulator.hide(said["id"], False)
    await simulator.delete(said["id"])

    def verbs() -> list[str]:
        return [value["verb"] for _, value in hook.changes() if value.get("comment_id") == said["id"]]

    await hook.until(lambda: len(verbs()) == 5)
    assert verbs() == ["add", "edited", "hide", "unhide", "remove"]


async def test_several_pages_share_a_call(simulator: Simulator, hook: Callback) -> None:
    """What happens at nearly the same time on pages of one app comes in one body."""
    pages = [await new_page(simulator, hook, "app-shared") for _ in range(3)]
    await simulator.pace(batch=1.5)
    await asyncio.gather(*(simulator.comment(page, f"Bonjour {n}") for n in range(4) for page in pages))
    await hook.until(lambda: len([1 for _, value in hook.changes() if "comment_id" in value]) == 12)
    await simulator.pace(batch=0.05)
    assert max(len(body["entry"]) for body in hook.bodies) == 3


async def test_it_comes_again_until_somebody_answers(simulator: Simulator, hook: Callback, page: Row) -> None:
    """503, a cut connection, 500, then 200: the same bytes each time, and then no more."""
    await simulator.post(page, "Bonjour")
    await hook.until(lambda: hook.calls)
    hook.calls.clear()
    hook.statuses = [503, 0, 500]
    await simulator.comment(page, "Encore")
    await hook.until(lambda: len(hook.calls) == 3)

    async def answered() -> bool:
        answers = [one["status"] for one in await simulator.ledger("webhook", page["app_id"])]
        return answers[-3:] == [503, 500, 200]  # the cut connection was tried again at once, over a fresh one

    await eventually(answered)
    await asyncio.sleep(0.4)
    assert len({body for _, body in hook.calls}) == 1
    assert len(hook.calls) == 3


async def test_a_webhook_may_be_lost(simulator: Simulator, hook: Callback, page: Row) -> None:
    """It never comes; the comment stands on the wall all the same, and the ledger says what happened."""
    await simulator.fault("webhook_lost", page["app_id"], times=1)
    said = await simulator.comment(page, "Vous m'entendez ?")

    async def lost() -> bool:
        return any(one.get("why") == "lost" for one in await simulator.ledger("webhook", page["app_id"]))

    await eventually(lost)
    await simulator.comment(page, "Et maintenant ?")
    await hook.until(lambda: hook.calls)
    assert said["id"] not in {value.get("comment_id") for _, value in hook.changes()}
    assert said["id"] in {one["id"] for one in await simulator.things(page)}


async def test_a_webhook_may_come_twice(simulator: Simulator, hook: Callback, page: Row) -> None:
    """Although the first was answered with 2xx."""
    await simulator.fault("webhook_twice", page["app_id"], times=1)
    await simulator.comment(page, "Bonjour")
    await hook.until(lambda: len(hook.calls) == 2)
    assert hook.calls[0][1] == hook.calls[1][1]


async def test_a_callback_that_does_not_know_the_token_is_not_subscribed(simulator: Simulator, hook: Callback) -> None:
    """Meta asks first; who cannot answer gets nothing."""
    with pytest.raises(httpx.HTTPStatusError, match="422"):
        await simulator.app("app-wrong", SECRET, "another token", callback_url=hook.url)
    await simulator.app("app-right", SECRET, VERIFY, callback_url=hook.url)


async def test_the_app_subscribes_as_meta_lets_it(simulator: Simulator, hook: Callback) -> None:
    """POST /{app-id}/subscriptions with the app's own token, and a page that installs the app."""
    await simulator.app("app-graph", SECRET, VERIFY)
    page = await simulator.account("facebook", "Kerlann")
    asked = {"object": "page", "callback_url": hook.url, "verify_token": VERIFY, "fields": "feed"}
    async with httpx.AsyncClient(base_url=simulator.base_url("facebook")) as graph:
        wrong = await graph.post("/app-graph/subscriptions", data=asked | {"access_token": "app-graph|guess"})
        right = await graph.post("/app-graph/subscriptions", data=asked | {"access_token": f"app-graph|{SECRET}"})
        own = {"subscribed_fields": "feed", "app_id": "app-graph", "access_token": page["token"]}
        installed = await graph.post(f"/{page['id']}/subscribed_apps", data=own)
    assert (wrong.json()["error"]["code"], right.json(), installed.json()) == (
        190,
        {"success": True},
        {"success": True},
    )
    await simulator.comment(page, "Bonjour")
    await hook.until(lambda: hook.calls)
