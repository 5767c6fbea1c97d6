"""Who gets in, how long they stay, and what another site cannot do in their name."""

from collections.abc import Callable

import pytest

from services.console.store.throttle import MOST
from tests.services.console.house import Clock, House
from tests.services.console.visitor import PASSWORD, Visitor

Come = Callable[..., Visitor]


async def test_the_right_password_opens_the_inbox(house: House, visitor: Come) -> None:
    """Who signs in stands in the inbox, with a cookie that no script can read."""
    person = visitor()
    answer = await person.send("/sign-in", {"login": house.login("ines"), "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Inbox" in await person.see("/")


async def test_a_wrong_password_and_an_unknown_login_sound_the_same(house: House, visitor: Come) -> None:
    """Nobody learns from the sign-in page who is a member."""
    person, pages = visitor(), []
    for login in (house.login("ines"), f"nobody-{house.mark}@agency.example"):
        answer = await person.send("/sign-in", {"login": login, "password": "wrong"})
        assert answer.status_code == 422
        pages.append(answer.text.replace(login, "…"))
    assert pages[0] == pages[1]


async def test_nobody_sees_a_page_unasked(house: House, visitor: Come) -> None:
    """A page asks to sign in first, and remembers where one wanted to go."""
    answer = await visitor().client.get("/all/moderation")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fall%2Fmoderation"


async def test_the_icon_is_for_anything_that_is_opened_alone(visitor: Come) -> None:
    """A kept picture in a window of its own is sandboxed: to it, the console is another site."""
    answer = await visitor().client.get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_a_session_ends_after_half_an_hour_unused(house: House, ines: Visitor, clock: Clock) -> None:
    """Who walks away is signed out; who works on is not."""
    for _ in range(3):
        clock.forward(minutes=20)
        assert "Inbox" in await ines.see("/all/inbox")
    clock.forward(minutes=31)
    assert "Password" in await ines.see("/all/inbox")


async def test_a_session_ends_after_twelve_hours_in_any_case(house: House, ines: Visitor, clock: Clock) -> None:
    """Even the busiest day ends."""
    for _ in range(35):
        clock.forward(minutes=20)
        await ines.see("/all/inbox")
    clock.forward(minutes=20)
    assert "Password" in await ines.see("/all/inbox")


async def test_signing_out_ends_the_session_everywhere_it_is_held(house: House, ines: Visitor) -> None:
    """A stolen cookie is worth nothing after its owner signed out."""
    stolen = dict(ines.client.cookies)
    assert (await ines.send("/sign-out")).status_code == 303
    ines.client.cookies.update(stolen)
    assert "Password" in await ines.see("/all/inbox")


async def test_only_digests_of_sessions_are_stored(house: House, ines: Visitor) -> None:
    """Who reads the database cannot sign in with what is there."""
    session_id = ines.client.cookies["parvis"]
    rows = await house.console.floor.database.system("sessions").find({})
    assert rows
    assert session_id not in str(rows)


async def test_the_eleventh_try_waits(house: House, visitor: Come, clock: Clock) -> None:
    """Guessing is slow; after a quarter of an hour the right password opens again."""
    person = visitor()
    for _ in range(10):
        await person.send("/sign-in", {"login": house.login("vera"), "password": "guess"})
    answer = await person.send("/sign-in", {"login": house.login("vera"), "password": PASSWORD})
    assert answer.status_code == 429
    clock.forward(minutes=15)
    await visitor().sign_in(house.login("vera"))


async def test_strangers_guesses_keep_no_member_out_of_their_own_browser(house: House, visitor: Come) -> None:
    """Where somebody has signed in before, only what is tried there counts; another's browser is a stranger's."""
    own, other = visitor(), visitor()
    await own.sign_in(house.login("vera"))
    await other.sign_in(house.login("ines"))
    right, wrong = ({"login": house.login("vera"), "password": word} for word in (PASSWORD, "guess"))
    for _ in range(MOST["account"]):
        assert (await visitor().send("/sign-in", wrong)).status_code == 422
    assert [(await one.send("/sign-in", right)).status_code for one in (visitor(), other, own)] == [429, 429, 303]
    for _ in range(MOST["browser"]):
        assert (await own.send("/sign-in", wrong)).status_code == 422
    assert (await own.send("/sign-in", right)).status_code == 429


async def test_a_browser_is_a_stranger_again_after_a_new_password(house: House, visitor: Come) -> None:
    """Its note was signed with the old one; nor is a note believed that somebody wrote."""
    browsers, login = house.console.browsers, house.login("vera")
    note = browsers.note(login, "old")
    assert browsers.name_of(note, login, "old")
    wrong = [(note, login, "new"), (note, "somebody", "old"), ("", login, "old"), (f"{note}0", login, "old")]
    assert [browsers.name_of(*one) for one in wrong] == [""] * 4
    assert browsers.name_of("né.ü", login, "old") == ""


async def test_an_office_signs_in_at_nine(house: House, visitor: Come) -> None:
    """However many come from one address: what succeeded is not counted."""
    person, form = visitor(), {"login": house.login("ines"), "password": PASSWORD}
    found = [(await person.send("/sign-in", form)).status_code for _ in range(MOST["address"] + 5)]
    assert set(found) == {303}


async def test_guesses_of_an_address_are_counted_together(house: House, visitor: Come) -> None:
    """Whose account they are for does not matter, nor that the guesser has one and signs in between."""
    person, own = visitor(), {"login": house.login("ines"), "password": PASSWORD}
    for number in range(MOST["address"]):
        await person.send("/sign-in", {"login": f"somebody-{number}", "password": "guess"})
        if number % 20 == 0:
            assert (await person.send("/sign-in", own)).status_code == 303
    assert (await person.send("/sign-in", own)).status_code == 429


async def test_a_new_session_id_at_each_sign_in(house: House, visitor: Come) -> None:
    """An id that someone planted before is never the one that is signed in."""
    person = visitor()
    person.client.cookies.set("parvis", "planted", domain="console.test")
    await person.sign_in(house.login("ines"))
    assert person.client.cookies["parvis"] != "planted"


@pytest.mark.parametrize(
    "place", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "//[", "/\\["]
)
async def test_signing_in_leads_nowhere_else(house: House, visitor: Come, place: str) -> None:
    """A link to the sign-in page cannot send people to another site."""
    form = {"login": house.login("ines"), "password": PASSWORD, "next": place}
    answer = await visitor().send("/sign-in", form)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {}],
)
async def test_another_site_cannot_act(house: House, ines: Visitor, headers: dict[str, str]) -> None:
    """A form on another site changes nothing here, even with the cookie and the token."""
    answer = await ines.client.post("/sign-out", data={"csrf": ines.csrf}, headers=headers)
    assert answer.status_code == 403
    assert "Inbox" in await ines.see("/all/inbox")


async def test_an_old_browser_is_known_by_its_origin(house: House, ines: Visitor) -> None:
    """Without Sec-Fetch-Site the exact origin counts."""
    headers = {"Origin": "http://console.test"}
    answer = await ines.client.post("/sign-out", data={"csrf": ines.csrf}, headers=headers)
    assert answer.status_code == 303


async def test_an_act_needs_the_token_of_its_session(house: House, ines: Visitor) -> None:
    """A guessed or missing token changes nothing."""
    for token in ("", "guessed"):
        ines.csrf = token
        assert (await ines.send("/preferences", {"language": "fr", "theme": "dark"})).status_code == 403
    assert "Boîte" not in await ines.see("/all/inbox")


async def test_a_member_chooses_language_and_theme(house: House, ines: Visitor) -> None:
    """The choice is the member's, whatever the browser prefers."""
    await ines.send("/preferences", {"language": "fr", "theme": "dark", "back": "/all/inbox"})
    page = (await ines.open("/all/inbox")).text
    assert 'data-theme="dark"' in page
    assert "À répondre" in page
    await ines.send("/preferences", {"language": "en", "theme": "", "back": "/all/inbox"})
    page = (await ines.open("/all/inbox")).text
    assert "data-theme" not in page
    assert "To answer" in page


async def test_the_browser_chooses_the_language_of_strangers(visitor: Come, house: House) -> None:
    """The sign-in page speaks what the browser asks for, else English."""
    assert "Mot de passe" in await visitor(**{"Accept-Language": "de, fr;q=0.8, en;q=0.5"}).see("/sign-in")
    assert "Password" in await visitor(**{"Accept-Language": "fi"}).see("/sign-in")


async def test_what_is_nowhere_is_said_in_the_reader_s_language(house: House, ines: Visitor, visitor: Come) -> None:
    """And in their theme, whatever their browser asks for; who is not signed in reads their browser's."""
    await ines.send("/preferences", {"language": "fr", "theme": "dark"})
    for path in ("/all/nonsense", "/no-brand-of-theirs/inbox", f"/{house.brand('first')}/inbox/nope"):
        answer = await ines.client.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 404
        assert "Rien ici" in answer.text
        assert 'data-theme="dark"' in answer.text
    assert "Nothing here" in await visitor().see("/all/nonsense", status=404)
