"""The chain tells when anything in it was changed, and where; what was erased breaks nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.audit import first_broken, link

NOW = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)
Row = dict[str, Any]


def a_chain(length: int = 4) -> tuple[list[Row], dict[str, Row], Row]:
    """Links, rows and head of a brand."""
    links: list[Row] = []
    rows: dict[str, Row] = {}
    head: Row = {"n": 0, "digest": ""}
    for number in range(length):
        row: Row = {"_id": f"e{number}", "brand_id": "b", "act": "hold.set", "about": "h", "person": "ines"}
        row |= {"at": NOW + timedelta(seconds=number), "details": {"why": "fire"}, "salt": f"s{number}"}
        rows[row["_id"]] = row
        head = link(row, number + 1, head["digest"])
        links.append({"_id": f"b:{number + 1}", **head})
    return links, rows, {"n": head["n"], "digest": head["digest"]}


def test_a_chain_that_nobody_touched_holds() -> None:
    """Also an empty one; and what is personal stands in no link in clear."""
    links, rows, head = a_chain()
    assert first_broken(links, rows, head) is None
    assert first_broken([], {}, {"n": 0, "digest": ""}) is None
    assert not any("ines" in str(one) or "fire" in str(one) for one in links)


@pytest.mark.parametrize("field", ["act", "about", "person", "details", "at", "salt"])
def test_a_changed_row_is_found(field: str) -> None:
    """Whatever was changed, the first link that it concerns is named."""
    links, rows, head = a_chain()
    rows["e2"][field] = {"why": "x"} if field == "details" else NOW if field == "at" else "x"
    assert first_broken(links, rows, head) == (3, "its row was changed")


def test_a_changed_missing_or_forged_link_is_found() -> None:
    """A link that fits its changed row does not fit the link after it."""
    links, rows, head = a_chain()
    assert first_broken([links[0], *links[2:]], rows, head) == (2, "the link was changed, or one before it is missing")
    rows["e1"]["person"] = "tom"
    forged = {"_id": "b:2", **link(rows["e1"], 2, links[0]["digest"])}
    assert first_broken([links[0], forged, *links[2:]], rows, head) == (
        3,
        "the link was changed, or one before it is missing",
    )


def test_an_end_that_was_cut_off_and_a_lost_row_are_found() -> None:
    """The head knows how many there are; an erased row is not lost."""
    links, rows, head = a_chain()
    assert first_broken(links[:-1], rows, head) == (4, "links at the end are missing")
    rows["e1"] |= {"person": "", "details": {}, "erased": True}
    assert first_broken(links, rows, head) is None
    del rows["e1"]
    assert first_broken(links, rows, head) == (2, "its row is missing")
