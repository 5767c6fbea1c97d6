"""The surfaces behave as the vendors' do where a client could be misled, and the page lets a person provoke."""

import asyncio
import re
from functools import partial

import httpx
import pytest

from parvis.simulator.remote import Row, Simulator


@pytest.fixture
async def http(simulator: Simulator) -> httpx.AsyncClient:
    async with httpx.AsyncClient(base_url=simulator.url, timeout=10) as http:
        yield http  # type: ignore[misc]


def bearer(account: Row) -> dict[str, str]:
    return {"Authorization": f"Bearer {account['token']}"}


async def test_graph_pages_stand_still_while_comments_come_in(simulator: Simulator, http: httpx.AsyncClient) -> None:
    """A cursor names a comment: new ones neither repeat nor hide what is on the next page."""
    page = await simulator.account("facebook", "Kerlann")
    said = [await simulator.comment(page, f"Question {number}") for number in range(7)]
    path, query = f"/facebook/v25.0/{said[0]['root_id']}/comments", {"limit": "3", "order": "reverse_chronological"}
    get = partial(http.get, headers=bearer(page))
    first = (await get(path, params=query)).json()
    await simulator.comment(page, "Entre-temps")
    second = (await get(path, params=query | {"after": first["paging"]["cursors"]["after"]})).json()
    third = (await get(second["paging"]["next"], params={"order": "reverse_chronological"})).json()
    seen = [one["message"] for part in (first, second) for one in part["data"]]
    assert seen == [f"Question {number}" for number in (6, 5, 4, 3, 2, 1)]
    assert "error" not in third


async def test_graph_answers_in_its_own_words(simulator: Simulator, http: httpx.AsyncClient) -> None:
    """Errors have code, subcode and type; what belongs to another page is not there."""
    mine, other = [await simulator.account("facebook", name) for name in ("Kerlann", "Halden")]
    said = await simulator.comment(other, "Bonjour")
    stranger = (await http.get(f"/facebook/v25.0/{said['id']}", headers=bearer(mine))).json()["error"]
    nobody = (await http.get("/facebook/v25.0/me")).json()["error"]
    empty = (await http.post(f"/facebook/v25.0/{mine['id']}/feed", headers=bearer(mine))).json()["error"]
    assert (stranger["code"], stranger["error_subcode"]) == (100, 33)
    assert (nobody["code"], nobody["type"]) == (190, "OAuthException")
    assert empty["code"] == 100


async def test_a_slow_network_commits_after_the_caller_left(simulator: Simulator, http: httpx.AsyncClient) -> None:
    """The worst case of an unknown outcome: absent at the first look, there at the second."""
    page = await simulator.account("facebook", "Kerlann")
    await simulator.fault("slow", page["id"], operation="post", times=1, seconds=6.0)
    post = {"data": {"message": "Lent"}, "headers": bearer(page), "timeout": httpx.Timeout(10, read=0.2)}
    with pytest.raises(httpx.ReadTimeout):
        await http.post(f"/facebook/v25.0/{page['id']}/feed", **post)  # type: ignore[arg-type]
    assert not await simulator.things(page)
    async with asyncio.timeout(30):
        while not (there := await simulator.things(page)):  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.1)
    assert [one["text"] for one in there] == ["Lent"]


async def test_mastodon_pages_upwards_and_downwards(simulator: Simulator, http: httpx.AsyncClient) -> None:
    """`min_id` gives the page just above, `since_id` the newest, `max_id` the one below; Link names both."""
    account = await simulator.account("mastodon", "Kerlann")
    for number in range(6):
        await simulator.post(account, f"Mention {number}", "Maud Kerbrat")

    async def page(**query: str) -> tuple[list[str], httpx.Response]:
        params = {"limit": "2", **query}
        answer = await http.get("/mastodon/api/v1/notifications", params=params, headers=bearer(account))
        return [one["status"]["content"].partition("Mention ")[2][0] for one in answer.json()], answer

    newest, answer = await page()
    oldest = (await page(limit="40"))[1].json()[-1]["id"]
    assert newest == ["5", "4"]
    assert (await page(min_id=oldest))[0] == ["2", "1"]
    assert (await page(since_id=oldest))[0] == ["5", "4"]
    links = {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["link"])}
    below = (await http.get(links["next"], headers=bearer(account))).json()
    assert "Mention 3" in below[0]["status"]["content"]
    assert (await http.get(links["prev"], headers=bearer(account))).json() == []


async def test_mastodon_counts_calls(simulator: Simulator, http: httpx.AsyncClient) -> None:
    """Over the limit: 429 with the reset as an ISO time, no Retry-After; without a limit no header at all."""
    account = await simulator.account("mastodon", "Kerlann")
    await simulator.limits(calls=2)
    path = "/mastodon/api/v1/accounts/verify_credentials"
    answers = [await http.get(path, headers=bearer(account)) for _ in range(3)]
    await simulator.limits(calls=0)
    free = await http.get(path, headers=bearer(account))
    await simulator.limits(calls=7500)
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["x-ratelimit-reset"].endswith("Z")
    assert "retry-after" not in answers[2].headers
    assert "x-ratelimit-limit" not in free.headers


async def test_the_page_shows_and_provokes_without_script(simulator: Simulator, http: httpx.AsyncClient) -> None:
    """Overview and wall are plain forms under a policy that forbids scripts; what they do is in the ledger."""
    page = await simulator.account("facebook", "Brûlerie <b>Tamaris</b>")
    said = await simulator.comment(page, "<script>alert(1)</script>")
    wall = await http.get(f"/wall/{page['id']}")
    assert "default-src 'none'" in wall.headers["content-security-policy"]
    assert "&lt;script&gt;" in wall.text
    assert "<script" not in wall.text
    answered = await http.post(f"/act/say/{page['id']}", data={"text": "Merci", "parent": said["id"]})
    assert answered.status_code == 303
    await http.post(f"/act/hide/{said['id']}")
    await http.post("/act/fault", data={"kind": "rate_limit", "account": page["id"], "times": "3"})
    overview = await http.get("/")
    assert "3 left" in overview.text
    assert (await simulator.thing(said["id"]))["hidden"]
    assert [one["event"] for one in await simulator.ledger(account=page["id"])][-1] == "hide"


async def test_another_sites_form_may_not_speak(simulator: Simulator, http: httpx.AsyncClient) -> None:
    """A page open in the same browser must not post on the walls."""
    page = await simulator.account("facebook", "Kerlann")
    answer = await http.post(f"/act/say/{page['id']}", data={"text": "x"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert not await simulator.things(page)


async def test_a_misspelt_fault_is_refused(simulator: Simulator, http: httpx.AsyncClient) -> None:
    """A fault that never strikes would be a test that proves nothing."""
    for asked in ({"kind": "droop"}, {"kind": "drop", "acount": "1"}):
        assert (await http.post("/_sim/faults", json=asked)).status_code == 422
