"""One caller's haste about one brand is told to wait; nobody else's is."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from shared import problems
from shared.auth import Command, CommandVerifier, command, sign_command
from shared.problems import MEDIA_TYPE
from shared.rates import Rates, RateTold
from shared.service import utc_now

KEY = SigningKey.generate()


class Watch:
    """A clock that a story sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 3), max_size=80), st.integers(1, 9), st.floats(0.1, 5))
def test_never_more_than_the_burst_and_what_was_refilled(pauses: list[float], burst: int, per_second: float) -> None:
    """However calls are spread; and whoever waits as long as they are told gets through."""
    watch = Watch()
    rates, taken = Rates(burst, per_second, watch), 0
    for pause in pauses:
        watch.now += pause
        taken += not rates.take("ines", "kerlann").wait
    assert taken <= burst + watch.now * per_second + 1e-6
    while wait := rates.take("ines", "kerlann").wait:
        watch.now += wait * (1 + 1e-9)


def test_what_is_kept_of_callers_is_bounded() -> None:
    """Of more than so many the one who asked longest ago is forgotten: by then, a full bucket."""
    rates = Rates(2, 1.0, Watch(), most=3)
    for number in range(50):
        rates.take(f"caller-{number}", "kerlann")
    assert len(rates) == 3


@pytest.fixture
async def service() -> AsyncIterator[httpx.AsyncClient]:
    """A service with a command and a stop, that lets a caller ask twice."""
    app = FastAPI()
    problems.install(app)
    app.add_middleware(RateTold)
    app.state.commands, app.state.rates = CommandVerifier(KEY.verify_key, "crm", utc_now), Rates(2, 0.1, Watch())

    @app.get("/brands/{brand_id}/endpoints")
    async def endpoints(who: Annotated[Command, Depends(command("endpoints"))]) -> None: ...

    @app.get("/gates")
    async def gates(who: Annotated[Command, Depends(command("hold_all"))]) -> None: ...

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://crm") as client:
        yield client


def token(brand_id: str, person: str, right: str = "endpoints") -> dict[str, str]:
    """The headers of a command."""
    signed = sign_command(KEY, audience="crm", brand_id=brand_id, person=person, right=right)  # type: ignore[arg-type]
    return {"Authorization": f"Bearer {signed}"}


async def test_one_call_too_many_is_told_when_to_come_again(service: httpx.AsyncClient) -> None:
    """429 with seconds; each answer says what is left; another brand, or another person, is not concerned."""
    answers = [await service.get("/brands/kerlann/endpoints", headers=token("kerlann", "key:crm")) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one.headers["RateLimit"] for one in answers] == ['"calls";r=1;t=10', '"calls";r=0;t=20', '"calls";r=0;t=20']
    assert answers[0].headers["RateLimit-Policy"] == '"calls";q=2;w=20'
    assert (answers[2].headers["Retry-After"], answers[2].headers["content-type"]) == ("10", MEDIA_TYPE)
    for brand_id, person in (("kerlann", "ines"), ("rivage", "key:crm")):
        other = await service.get(f"/brands/{brand_id}/endpoints", headers=token(brand_id, person))
        assert other.status_code == 200


async def test_who_is_not_believed_uses_up_nobodys_calls(service: httpx.AsyncClient) -> None:
    """A forged token in another's name takes nothing from them, and learns nothing of what they have left."""
    for _ in range(5):
        forged = await service.get("/brands/kerlann/endpoints", headers={"Authorization": "Bearer forged"})
        assert (forged.status_code, "RateLimit" in forged.headers) == (401, False)
    assert (await service.get("/brands/kerlann/endpoints", headers=token("kerlann", "ines"))).status_code == 200


async def test_a_stop_is_never_told_to_wait(service: httpx.AsyncClient) -> None:
    """However often it is said."""
    for _ in range(5):
        assert (await service.get("/gates", headers=token("", "console", "hold_all"))).status_code == 200
