"""How far behind a partition is, also one of which nothing was read yet."""

from shared.bus.offsets import Offsets

PLACE, OTHER = ("facts", 0), ("facts", 1)


def test_where_the_group_starts_is_asked_once_an_assignment() -> None:
    """It does not move while nothing is read, so that each look asks Kafka for the logs' ends alone."""
    offsets = Offsets()
    offsets.assign({PLACE, OTHER})
    assert sorted(offsets.unread()) == [PLACE, OTHER]
    offsets.measured({PLACE: 9, OTHER: 3}, {PLACE: 4})
    assert offsets.unread() == [OTHER]
    offsets.measured({PLACE: 12, OTHER: 3}, {OTHER: 3})
    assert offsets.unread() == []
    assert offsets.lag() == {PLACE: 8, OTHER: 0}
    offsets.assign({PLACE})
    assert offsets.unread() == [PLACE]
