"""The second step of signing in: codes of an app, each once, codes for without it, and agencies that ask for it."""

import re
from base64 import b32encode
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pyotp
import pytest
from nacl.signing import SigningKey

from services.console.domain.second_step import matching_step, recovery_code, recovery_digest
from services.console.second_step import SecondStep
from services.console.store.audit import chain_of_agency
from services.console.store.throttle import MOST
from tests.services.console.house import Clock, House
from tests.services.console.visitor import PASSWORD, Visitor

Come = Callable[..., Visitor]
RFC_SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("second", "code"),
    [(1111111111, "050471"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    """RFC 6238, appendix B; a step early or late fits too, two do not."""
    now = datetime.fromtimestamp(second, UTC)
    assert matching_step(RFC_SECRET, f"{code[:3]} {code[3:]}", now) == second // 30
    for late, fits in ((-60, False), (-30, True), (30, True), (60, False)):
        found = matching_step(RFC_SECRET, code, datetime.fromtimestamp(second + late, UTC))
        assert found == (second // 30 if fits else None)
    for wrong in ("", "28708", "２８７０８２", "x" * 200):
        assert matching_step(RFC_SECRET, wrong, now) is None


def test_a_recovery_code_is_told_by_its_letters() -> None:
    """Dashes, spaces and capitals do not matter; whose it is does."""
    code = recovery_code(bytes(range(16)))
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", code)
    assert recovery_digest("zoe", code) == recovery_digest("zoe", code.upper().replace("-", " "))
    assert recovery_digest("zoe", code) != recovery_digest("tom", code)


def test_a_secret_opens_with_the_key_of_this_console_alone() -> None:
    """The same key opens after a restart; with another no code fits, and nothing breaks."""
    key, now = SigningKey.generate(), datetime(2026, 5, 4, tzinfo=UTC)
    sealed = SecondStep(key).new()
    secret = SecondStep(key).opened(sealed)
    code = pyotp.TOTP(secret).at(now)
    assert secret not in sealed
    assert SecondStep(key).step_of(sealed, code, now) == int(now.timestamp()) // 30
    assert SecondStep(SigningKey.generate()).step_of(sealed, code, now) is None


async def set_up(person: Visitor, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    """Turn the second step on: the app, and the recovery codes."""
    page = (await person.open("/account/second-step")).text
    assert 'src="data:image/svg+xml' in page
    shown = re.search(r'class="secret"[^>]*>([A-Z2-7 ]+)<', page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert shown
    assert sealed
    assert token
    person.csrf = unescape(token[1])
    app = pyotp.TOTP(shown[1].replace(" ", ""))
    wrong = await person.send("/account/second-step", {"sealed": sealed[1], "code": "000000"})
    assert wrong.status_code == 422
    answer = await person.send("/account/second-step", {"sealed": sealed[1], "code": app.at(clock())})
    codes = re.findall(r"<li><code>([\w-]+)</code>", answer.text)
    assert len(set(codes)) == 10
    return app, codes


async def password_given(person: Visitor, login: str) -> str:
    """The first step; what the second must carry."""
    answer = await person.send("/sign-in", {"login": login, "password": PASSWORD, "next": "/all/posts"})
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    found = re.search(r'name="key" value="([^"]+)"', answer.text)
    assert found
    return found[1]


async def code_given(person: Visitor, key: str, **given: str) -> int:
    """The second step's status: 303 opens."""
    answer = await person.send("/sign-in/code", {"key": key, "next": "/all/posts", **given})
    return answer.status_code


async def test_a_code_is_asked_for_and_taken_once(house: House, omar: Visitor, visitor: Come, clock: Clock) -> None:
    """The password alone opens nothing; the code that turned the step on, or opened once, opens no more."""
    app, _ = await set_up(omar, clock)
    login, person = house.login("omar"), visitor()
    key = await password_given(person, login)
    assert "Password" in await person.see("/all/inbox")
    assert await code_given(person, key, code=app.at(clock())) == 422
    clock.forward(seconds=30)
    code = app.at(clock())
    assert await code_given(person, key, code=code) == 303
    await person.see("/all/posts")
    again = visitor()
    assert await code_given(again, await password_given(again, login), code=code) == 422
    assert await code_given(again, key, code=app.at(clock())) == 303, "a key that was used leads back to the beginning"
    assert "Password" in await again.see("/all/inbox")


async def test_codes_are_not_guessed(house: House, omar: Visitor, visitor: Come, clock: Clock) -> None:
    """Ten tries in a quarter of an hour, however often the right password is given between them."""
    app, _ = await set_up(omar, clock)
    clock.forward(seconds=30)
    person = visitor()
    for _ in range(10):
        assert await code_given(person, await password_given(person, house.login("omar")), code="000000") == 422
    key = await password_given(person, house.login("omar"))
    assert await code_given(person, key, code=app.at(clock())) == 429
    clock.forward(minutes=15)
    assert await code_given(person, key, code=app.at(clock())) == 303
    assert "Password" in await person.see("/all/inbox"), "the key was too old by then"


async def test_a_recovery_code_opens_once(house: House, omar: Visitor, visitor: Come, clock: Clock) -> None:
    """Without the telephone, and the log says so."""
    _, codes = await set_up(omar, clock)
    for expected in (303, 422):
        person = visitor()
        assert (
            await code_given(person, await password_given(person, house.login("omar")), recovery=codes[3]) == expected
        )
    assert "9 recovery codes left" in await omar.see("/all/account")
    rows = await house.console.audit.about(chain_of_agency(f"ag-{house.mark}"), f"ag-{house.mark}")
    acts = sorted(row["act"] for row in rows if row["person"] == house.login("omar"))
    assert acts == ["member.recovery_used", "member.second_step_on"]


async def test_nothing_of_it_can_be_read_in_the_database(house: House, omar: Visitor, clock: Clock) -> None:
    """The app's secret is sealed, recovery codes are digests."""
    app, codes = await set_up(omar, clock)
    member = str(await house.console.members.by_login(house.login("omar")))
    assert "sealed" in member
    assert [one for one in (app.secret, *codes, *(code.replace("-", "") for code in codes)) if one in member] == []


async def test_it_is_turned_off_with_password_and_code(
    house: House, omar: Visitor, visitor: Come, clock: Clock
) -> None:
    """Neither alone will do; new recovery codes end the old ones the same way."""
    app, codes = await set_up(omar, clock)
    await omar.see("/all/account")
    for act in ("recovery-codes", "second-step/off"):
        for password, wrong in (("wrong", False), (PASSWORD, True)):
            clock.forward(seconds=30)
            given = {"password": password, "code": "000000" if wrong else app.at(clock())}
            assert (await omar.send(f"/account/{act}", given)).status_code == 422
        clock.forward(seconds=30)
        answer = await omar.send(f"/account/{act}", {"password": PASSWORD, "code": app.at(clock())})
        assert answer.status_code == (200 if act == "recovery-codes" else 303)
        if act == "recovery-codes":
            person = visitor()
            key = await password_given(person, house.login("omar"))
            assert await code_given(person, key, recovery=codes[0]) == 422
    await visitor().sign_in(house.login("omar"))


async def test_an_agency_asks_everybody_for_it(
    house: House, ines: Visitor, omar: Visitor, vera: Visitor, visitor: Come, clock: Clock
) -> None:
    """Who has none is led to set it up before anything else, pages that are open too; then all is as before."""
    await set_up(vera, clock)
    assert (await omar.send("/all/members/second-step", {"needed": "1"})).status_code == 403
    assert (await ines.send("/all/members/second-step", {"needed": "1"})).status_code == 303
    assert "Inbox" in await vera.see("/all/inbox")
    for path in ("/all/inbox", "/all/members", "/all/account", "/events"):
        assert "asks everybody for a second step" in await omar.see(path)
    answer = await omar.client.get("/all/inbox", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/account/second-step")
    act = await omar.send(f"/{house.brand('second')}/hold", {"why": "x"})
    assert (act.status_code, act.headers["location"]) == (303, "/account/second-step")
    await set_up(omar, clock)
    assert "Inbox" in await omar.see("/all/inbox")
    async with house.api() as api:  # the operator's changes of the agency leave the rule alone
        await api.put(f"agencies/ag-{house.mark}", json={"name": "Atelier Two"})
    assert "asks everybody" in await ines.see("/all/inbox")
    await set_up(ines, clock)
    assert (await ines.send("/all/members/second-step", {"needed": ""})).status_code == 303
    assert "Everybody chooses" in await ines.see("/all/members")


async def test_an_admin_clears_it_for_a_lost_telephone(
    house: House, ines: Visitor, omar: Visitor, visitor: Come, clock: Clock
) -> None:
    """The password alone opens again, and the log says who did it; who is no admin cannot."""
    await set_up(omar, clock)
    assert "second step" in await ines.see("/all/members")
    assert (await omar.send(f"/all/members/of/{house.login('ines')}/clear")).status_code == 403
    assert (await ines.send(f"/all/members/of/{house.login('omar')}/clear")).status_code == 303
    await visitor().sign_in(house.login("omar"))
    assert "cleared a second step" in await ines.see("/all/audit?act=member")


async def test_an_operator_helps_the_only_admin(house: House, ines: Visitor, visitor: Come, clock: Clock) -> None:
    """With the key of `/api/v1`, and in the log; of nobody, it is not there."""
    await set_up(ines, clock)
    async with house.api() as api:
        for login, status in (("ines", 200), ("nobody", 404)):
            assert (await api.post(f"members/{house.login(login)}/second-step/clear")).status_code == status
    await visitor().sign_in(house.login("ines"))
    assert "cleared a second step" in await ines.see("/all/audit?act=member&person=operator")


async def test_a_reset_link_does_not_go_round_the_code(
    house: House, ines: Visitor, omar: Visitor, visitor: Come, clock: Clock
) -> None:
    """Whoever holds the link chooses the password; the telephone is still asked for."""
    await set_up(omar, clock)
    answer = await ines.send(f"/all/members/of/{house.login('omar')}/reset")
    found = re.search(r"/reset\?key=([\w-]+)", answer.text)
    assert found
    person = visitor()
    used = await person.send("/reset", {"key": found[1], "password": PASSWORD})
    assert (used.status_code, "set-cookie" in used.headers) == (303, False)
    assert await code_given(person, await password_given(person, house.login("omar")), code="000000") == 422


async def test_a_right_code_is_not_counted_for_its_address(
    house: House, omar: Visitor, visitor: Come, clock: Clock
) -> None:
    """After a whole way in, its address may be wrong as often as before."""
    app, _ = await set_up(omar, clock)
    clock.forward(minutes=15)
    person = visitor()
    key = await password_given(person, house.login("omar"))
    assert await code_given(person, key, code=app.at(clock())) == 303
    tries = [await house.console.throttle.allows(clock(), address="127.0.0.1") for _ in range(MOST["address"] + 1)]
    assert tries == [True] * MOST["address"] + [False]
