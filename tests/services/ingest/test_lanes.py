"""A brand that exceeds its rate takes the overflow lane, and only that brand."""

from services.ingest.domain.lanes import Lanes

RATE = {"burst": 10.0, "per_second": 2.0}


def taken(lanes: Lanes, count: int, at: float, brand: str = "stormy") -> list[str]:
    return [lanes.lane(brand, at, **RATE) for _ in range(count)]


def test_a_burst_fits_and_what_exceeds_it_overflows() -> None:
    """Ten at once are welcome; the eleventh takes the other lane."""
    assert taken(Lanes(1), 12, 0.0) == ["main"] * 10 + ["overflow"] * 2


def test_a_storm_stays_aside_for_thirty_seconds_after_its_end() -> None:
    """While it exceeds its rate, and until it has kept to it for 30 s."""
    lanes = Lanes(1)
    taken(lanes, 11, 0.0)
    assert taken(lanes, 1, 29.9) == ["overflow"]
    assert taken(lanes, 1, 30.1) == ["main"]


def test_another_brand_notices_nothing() -> None:
    """Each brand has its own bucket."""
    lanes = Lanes(1)
    taken(lanes, 100, 0.0)
    assert taken(lanes, 1, 0.0, "quiet") == ["main"]


def test_the_sustained_rate_is_never_moved_aside() -> None:
    """Two a second for a minute, as promised: no overflow."""
    lanes = Lanes(1)
    assert {lane for second in range(60) for lane in taken(lanes, 2, float(second))} == {"main"}


def test_replicas_share_a_brands_rate() -> None:
    """Of five replicas each lets a fifth through, and never less than one change."""
    assert taken(Lanes(5), 3, 0.0) == ["main", "main", "overflow"]
    assert taken(Lanes(50), 1, 0.0) == ["main"]
