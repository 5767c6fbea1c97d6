"""Where each group reads on after a restore."""

from parvis.backup.places import placed

THEN = {"crm": {"verdicts": {"0": 40}}}


def test_a_group_goes_back_and_what_it_had_not_read_begins_at_its_beginning() -> None:
    """A partition, a topic or a group that is newer than the backup is read from where it begins."""
    now = {"crm": {("verdicts", 0): 90, ("verdicts", 1): 5}, "later": {("posts", 0): 12}}
    bounds = {("verdicts", 0): (10, 100), ("verdicts", 1): (2, 6), ("posts", 0): (0, 12)}
    places = placed(THEN, now, bounds, same_kafka=True)
    assert places.offsets == {"crm": {("verdicts", 0): 40, ("verdicts", 1): 2}, "later": {("posts", 0): 0}}
    assert (places.gaps, places.remarks) == ([], [])


def test_what_kafka_no_longer_has_is_said() -> None:
    """Messages between the backup and the topic's present beginning are gone."""
    places = placed(THEN, {}, {("verdicts", 0): (60, 100)}, same_kafka=True)
    assert places.gaps == ["crm was at 40 of verdicts:0, which begins at 60 now"]
    assert places.offsets == {"crm": {("verdicts", 0): 60}}


def test_another_kafka_or_topic_is_read_from_its_beginning() -> None:
    """Offsets mean nothing there."""
    other = placed(THEN, {}, {("verdicts", 0): (0, 100)}, same_kafka=False)
    assert other.offsets == {"crm": {("verdicts", 0): 0}}
    assert "another Kafka" in other.remarks[0]
    anew = placed(THEN, {}, {("verdicts", 0): (0, 9)}, same_kafka=True)
    assert anew.offsets == {"crm": {("verdicts", 0): 0}}
    assert "another topic" in anew.remarks[0]
    assert placed(THEN, {}, {}, same_kafka=True).offsets == {}
