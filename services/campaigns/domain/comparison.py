"""When the comparison of two creatives is over: not with the last ad, but with the last report that is read."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any


def concluded(campaign: Mapping[str, Any], late: timedelta, now: datetime) -> bool:
    """Whether an ended campaign's figures are final, `late` being for how long reports are read after an end.

    A report that was read after that time has them all. Where none comes any more (the ad account is gone) what was
    told until then stands, once as much time again has passed.
    """
    if campaign["state"] != "ended":
        return False
    until: datetime = campaign["turned_at"] + late
    reported: datetime | None = campaign["reported_at"]
    return (reported is not None and reported >= until) or now >= until + late
