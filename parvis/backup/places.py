"""Where each group is to read on after a restore, and what Kafka no longer has of it."""

from collections.abc import Mapping
from dataclasses import dataclass

Place = tuple[str, int]
Offsets = Mapping[Place, int]


@dataclass(frozen=True, slots=True)
class Places:
    """`offsets` by group; `gaps` are messages that are gone, `remarks` what a person should know."""

    offsets: dict[str, dict[Place, int]]
    gaps: list[str]
    remarks: list[str]


def placed(
    wanted: Mapping[str, Mapping[str, Mapping[str, int]]],
    now: Mapping[str, Offsets],
    bounds: Mapping[Place, tuple[int, int]],
    same_kafka: bool,
) -> Places:
    """Every partition that a group read then or reads now, at the offset of the backup.

    What it had not read then begins at its beginning, as does everything on another Kafka. `bounds` says where each
    partition begins and ends; one that is not there is left out.
    """
    then = {
        group: {(topic, int(number)): at for topic, numbers in topics.items() for number, at in numbers.items()}
        for group, topics in wanted.items()
    }
    found = Places({}, [], [])
    if not same_kafka:
        found.remarks.append("this is another Kafka than the backup's: every group begins at what it holds")
    for group in sorted(then.keys() | now.keys()):
        before = then.get(group, {})
        places = {place for place in before.keys() | now.get(group, {}).keys() if place in bounds}
        if places:
            found.offsets[group] = {place: _at(group, place, before, bounds, same_kafka, found) for place in places}
    return found


def _at(
    group: str, place: Place, before: Offsets, bounds: Mapping[Place, tuple[int, int]], same_kafka: bool, found: Places
) -> int:
    begin, end = bounds[place]
    offset = before.get(place)
    if offset is None or not same_kafka:
        return begin
    name = f"{place[0]}:{place[1]}"
    if offset < begin:
        found.gaps.append(f"{group} was at {offset} of {name}, which begins at {begin} now")
    elif offset > end:
        found.remarks.append(f"{name} is another topic than the backup's: {group} begins at its beginning")
        return begin
    return max(offset, begin)
