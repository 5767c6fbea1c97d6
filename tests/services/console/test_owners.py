"""What console makes of a service that ends while it is asked."""

from datetime import UTC, datetime

import pytest
from nacl.signing import SigningKey

from services.console.owners import Order, OwnerAway, Owners
from tests.shared.slamming import TRIES, on_the_services_loop, slamming


async def test_a_service_that_dies_as_it_is_asked_is_away() -> None:
    """However early the connection breaks, people are told that the service does not answer."""
    with slamming() as url:

        async def asked_often() -> None:
            async with Owners.open({"moderation": url}, SigningKey.generate(), lambda: datetime.now(UTC)) as owners:
                for _ in range(TRIES):
                    with pytest.raises(OwnerAway):
                        await owners.send(Order("moderation", "GET", "/x", "operate", "", "console", ""))

        await on_the_services_loop(asked_often)
