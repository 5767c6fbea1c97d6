"""What answers in a network's place and means it ill: each client says what became of the call, and nothing else."""

import pytest

from services.campaigns.loops.ad_calls import TROUBLE
from shared.networks.advertising import Ad, Advertising
from shared.networks.capabilities import Account, DeliveryKey, Polling, Publishing, Rendition
from shared.networks.registry import open_networks
from tests.networks.answers import Answers, answer
from tests.networks.seats import delivery

ACCOUNT = Account("channel", "brand", "1", "https://there.example", "token")
BOMBS = {"brackets": "[" * 100_000, "objects": '{"a":' * 100_000, "digits": "9" * 5_000, "half": '{"data": "\\ud8'}
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
