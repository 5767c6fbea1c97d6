"""One's own account: another password, and the browsers that are signed in."""

import asyncio
from collections.abc import Callable

import pytest

from services.console.domain.browsers import browser_of
from services.console.pages import live
from services.console.store.audit import chain_of_agency
from services.console.visits import Visit
from tests.services.console.house import Clock, House
from tests.services.console.test_second_step import password_given, set_up
from tests.services.console.visitor import PASSWORD, Visitor

Come = Callable[..., Visitor]
OWN = "marmalade on the mountain"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, ("Chrome", "Windows")),
        (f"{CHROME} Edg/131.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", ("Firefox", "Linux")),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 Version/18.1 Mobile Safari/604.1",
            ("Safari", "iPhone"),
        ),
        ("python-httpx/0.28", ("", "")),
    ],
)
def test_a_browser_has_a_name(agent: str, words: tuple[str, str]) -> None:
    """Enough for its owner to recognise it."""
    assert browser_of(agent) == words


async def test_another_password_signs_the_others_out(house: House, omar: Visitor, visitor: Come) -> None:
    """This browser stays; the old password opens nothing."""
    other = await visitor().sign_in(house.login("omar"))
    for password, new in (("wrong", OWN), (PASSWORD, "short"), (PASSWORD, house.login("omar"))):
        assert (await omar.send("/account/password", {"password": password, "new": new})).status_code == 422
    assert (await omar.send("/account/password", {"password": PASSWORD, "new": OWN})).status_code == 303
    assert "Inbox" in await omar.see("/all/inbox")
    assert "Password" in await other.see("/all/inbox")
    refused = await visitor().send("/sign-in", {"login": house.login("omar"), "password": PASSWORD})
    assert refused.status_code == 422
    await visitor().sign_in(house.login("omar"), OWN)


async def test_a_stolen_browser_does_not_guess_the_password(omar: Visitor) -> None:
    """The eleventh try waits, as at the door."""
    for _ in range(10):
        await omar.send("/account/password", {"password": "guess", "new": OWN})
    assert "Wait a moment" in (await omar.send("/account/password", {"password": PASSWORD, "new": OWN})).text


async def test_browsers_are_listed_and_signed_out(house: House, omar: Visitor, visitor: Come, clock: Clock) -> None:
    """One of them, or all the others; somebody else's never."""
    chrome = await visitor(**{"User-Agent": CHROME}).sign_in(house.login("omar"))
    vera = await visitor().sign_in(house.login("vera"))
    clock.forward(minutes=5)
    page = await omar.see("/all/account")
    assert ("Chrome on Windows" in page, "A browser" in page, page.count("this browser")) == (True, True, 1)
    theirs = await house.console.sessions.of(house.login("vera"), clock())
    await omar.send("/account/sessions/end", {"session": theirs[0]["_id"]})
    assert "Inbox" in await vera.see("/all/inbox")
    rows = await house.console.sessions.of(house.login("omar"), clock())
    of_chrome = next(row["_id"] for row in rows if row["agent"] == CHROME)
    await omar.send("/account/sessions/end", {"session": of_chrome})
    assert "Password" in await chrome.see("/all/inbox")
    third = await visitor().sign_in(house.login("omar"))
    await omar.send("/account/sessions/end", {})
    assert "Password" in await third.see("/all/inbox")
    assert "Inbox" in await omar.see("/all/inbox")
    agency = f"ag-{house.mark}"
    rows = await house.console.audit.about(chain_of_agency(agency), agency)
    told = [(row["person"], row["details"]) for row in rows if row["act"] == "member.signed_out"]
    assert told == [(house.login("omar"), {"count": 1})] * 2


async def test_an_open_page_hears_nothing_after_its_session(
    house: House, omar: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream of whoever was signed out ends by itself."""
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)
    monkeypatch.setattr(live, "NOT_MORE_OFTEN", 0.0)
    heard, is_over = asyncio.Event(), live._is_over

    async def noted(here: Visit) -> bool:
        over = await is_over(here)
        heard.set()
        return over

    monkeypatch.setattr(live, "_is_over", noted)
    stream = asyncio.create_task(omar.client.get("/events"))
    await asyncio.wait_for(heard.wait(), 30)
    assert not stream.done()
    await house.console.sessions.end_all(house.login("omar"))
    answer = await asyncio.wait_for(stream, 30)
    assert "still here" in answer.text


async def test_codes_are_not_guessed_at_the_account_either(
    house: House, omar: Visitor, visitor: Come, clock: Clock
) -> None:
    """Who has the password and an open browser has ten tries to turn it off, which the right password does not
    renew."""
    app, _ = await set_up(omar, clock)
    await omar.see("/all/account")
    clock.forward(seconds=30)
    for _ in range(2):
        for _ in range(5):
            assert (
                await omar.send("/account/second-step/off", {"password": PASSWORD, "code": "000000"})
            ).status_code == 422
        await password_given(visitor(), house.login("omar"))
    right = {"password": PASSWORD, "code": app.at(clock())}
    assert (await omar.send("/account/second-step/off", right)).status_code == 422
