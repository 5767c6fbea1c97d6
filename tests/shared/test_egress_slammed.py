"""A connection that is reset as soon as it stands, on the loop that services run on."""

import pytest

from shared.egress import Egress, NotSent, OutcomeUnknown
from shared.settings import FloorSettings
from tests.shared.slamming import TRIES, on_the_services_loop, slamming


async def test_gone_as_soon_as_connected() -> None:
    """However early a connection is reset, it ends as one of the two."""
    with slamming() as url:

        async def called_often() -> None:
            settings = FloorSettings(kafka="unused", mongo="unused", egress_allow=(url.removeprefix("http://"),))
            async with Egress.open(settings) as egress:
                for _ in range(TRIES):
                    with pytest.raises((NotSent, OutcomeUnknown)):
                        await egress.request("POST", url)

        await on_the_services_loop(called_often)
