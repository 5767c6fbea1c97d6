"""`parvis lag`: how far each group is behind."""

from typing import Annotated

import typer

from parvis import tables
from parvis.errors import CommandFailed
from parvis.ops.engines import done, kafka
from shared.bus.lag import Lag, group_lags


def lag(
    group: Annotated[list[str] | None, typer.Argument(help="groups to show; every group if none is named")] = None,
    partitions: Annotated[bool, typer.Option(help="a line for each partition")] = False,
) -> None:
    """How many messages each group still has to finish, by topic."""
    lags = done(group_lags(kafka(), group or None))
    rows = tables.made("group", "topic", *(["partition", "committed", "end"] if partitions else []), "behind")
    if partitions:
        for each in lags:
            committed = "-" if each.committed is None else str(each.committed)
            rows.add_row(each.group, each.topic, str(each.partition), committed, str(each.end), str(each.behind))
    else:
        for (name, topic), behind in _by_topic(lags).items():
            rows.add_row(name, topic, str(behind))
    if lags or not group:
        tables.show(rows)
    unknown = set(group or ()) - {each.group for each in lags}
    if unknown:
        raise CommandFailed(f"no group {', '.join(sorted(unknown))} has read here; `parvis lag` lists those that have")


def _by_topic(lags: list[Lag]) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for each in lags:
        sums[each.group, each.topic] = sums.get((each.group, each.topic), 0) + each.behind
    return sums
