"""Ids derive from causes."""

from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.events.ids import PARVIS, derive


@given(st.lists(st.one_of(st.text(), st.integers()), max_size=5))
def test_ids_are_version_five_uuids(parts: list[str | int]) -> None:
    """The standard library is the oracle: other languages can derive the same ids."""
    assert derive(*parts) == str(uuid5(PARVIS, "\x1f".join(str(part) for part in parts)))


def test_parts_do_not_run_into_each_other() -> None:
    """Two names that read the same when put together stay two."""
    assert derive("a", "bc") != derive("ab", "c")
