"""What answers in a network's place and means it ill: each client says what became of the call, and nothing else."""

import pytest

from services.campaigns.loops.ad_calls import TROUBLE
from shared.networks.advertising import Ad, Advertising
from shared.networks.capabilities import (
    LONGEST_WAIT,
    Account,
    DeliveryKey,
    Polling,
    Publishing,
    RateLimited,
    Rendition,
)
from shared.networks.registry import open_networks
from tests.networks.answers import Answers, answer
from tests.networks.seats import delivery

ACCOUNT = Account("channel", "brand", "1", "https://there.example", "token")
BOMBS = {"brackets": "[" * 100_000, "objects": '{"a":' * 100_000, "digits": "9" * 5_000, "half": '{"data": "\\ud8'}
WAITS = {
    "seconds": {"retry-after": "4294967295"},
    "a sign that is a digit and no number": {"retry-after": "²"},
    "more digits than a date has": {"retry-after": "9" * 400},
    "milliseconds": {"x-rate-limit-reset": "1795251600000", "ratelimit-reset": "1795251600000"},
    "the last day": {"x-ratelimit-reset": "9999-12-31T00:00:00Z", "date": "Sat, 21 Nov 2026 09:00:00 GMT"},
    "Meta's minutes": {"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 1e300}]}'},
}
NETWORKS = sorted(open_networks(Answers(answer(200))))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("network", NETWORKS)
async def test_an_answer_that_would_burst_is_trouble(network: str, bomb: str, status: int) -> None:
    """Refused, lost or unknown: never an error that nobody expects, which would end more than this call."""
    client = open_networks(Answers(answer(status, BOMBS[bomb])))[network]  # type: ignore[arg-type]
    key: DeliveryKey = delivery()
    if isinstance(client, Polling):
        with pytest.raises(TROUBLE):
            await client.poll(ACCOUNT, {})
    if isinstance(client, Publishing):
        with pytest.raises(TROUBLE):
            await client.publish(ACCOUNT, Rendition("hello"), key)
    if isinstance(client, Advertising):
        with pytest.raises(TROUBLE):
            await client.put_ad(ACCOUNT, Ad("c-1", "name", True, 100, "EUR", []))


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("network", NETWORKS)
async def test_no_network_stops_a_channel_for_long(network: str, wait: str) -> None:
    """However long it says that a limit lasts, it is asked again within the hour."""
    client = open_networks(Answers(answer(429, "{}", WAITS[wait])))[network]  # type: ignore[arg-type]
    with pytest.raises(RateLimited) as limited:
        if isinstance(client, Polling):
            await client.poll(ACCOUNT, {})
        else:
            await client.put_ad(ACCOUNT, Ad("c-1", "name", True, 100, "EUR", []))
    assert 0.0 <= limited.value.after <= LONGEST_WAIT


@pytest.mark.parametrize(
    ("told", "believed"),
    [(0.0, 0.0), (7.5, 7.5), (1e300, LONGEST_WAIT), (float("inf"), LONGEST_WAIT), (-5.0, 0.0), (float("nan"), 0.0)],
)
def test_a_wait_is_between_nothing_and_an_hour(told: float, believed: float) -> None:
    """Whichever client was told it, and the words say the same."""
    limited = RateLimited(told)
    assert limited.after == believed
    assert str(limited) == f"rate limited; retry after {believed:g} s"
