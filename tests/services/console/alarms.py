"""What stories about alerts say: a crisis that comes and goes, and the turns of the loops that tell of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.console.alert_desk import AlertDesk
from services.console.handlers import on_crisis_suspected
from shared.bus.envelope import Received
from shared.events.event import Event
from shared.events.insights.crisis_eased import CrisisEased
from shared.events.insights.crisis_suspected import CrisisSuspected
from tests.services.console.house import House
from tests.services.crm.conftest import received

Open = Callable[..., AlertDesk]


async def turn(*desks: AlertDesk) -> None:
    """All loops once; of several replicas at the same moment."""
    await asyncio.gather(*(desk.spreader.spread() for desk in desks))
    await asyncio.gather(*(desk.mailer.mail() for desk in desks if desk.mailer))


def told(event: Event, house: House, replayed_from: datetime | None = None) -> Received[Any]:
    """The fact as the bus hands it over now."""
    one = received(event, replayed_from)
    return Received(one.event, one.cause, house.clock())


def suspected(house: House, brand: str = "first", **more: Any) -> CrisisSuspected:
    """A crisis of a brand of the house."""
    now = house.clock()
    own = {"brand_id": house.brand(brand), "signal_id": f"s-{brand}-{house.mark}", "at": now, "since": now}
    return CrisisSuspected.example().model_copy(update=own | more)


def eased(crisis: CrisisSuspected, house: House) -> CrisisEased:
    """Its end, now."""
    return CrisisEased.model_validate(crisis.model_dump() | {"seq": crisis.seq + 1, "at": house.clock()})


async def hears_crisis(house: House, desk: AlertDesk, crisis: CrisisSuspected, times: int = 1) -> None:
    """The event comes, once or again."""
    for _ in range(times):
        await on_crisis_suspected.handle_batch([told(crisis, house)], house.console.signals, desk.causes)
