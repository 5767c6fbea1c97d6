"""A channel's token is one word, or what a token endpoint gave, whole."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shared.networks.grants import Grant

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_what_an_endpoint_gave_is_kept_with_moments_instead_of_lives() -> None:
    """So that it says the same whenever it is read; its secrets are in no printed form."""
    told = {"access_token": "a1", "refresh_token": "r1", "expires_in": 7200, "refresh_token_expires_in": 86400}
    grant = Grant.read(json.dumps(told), NOW)
    assert (grant.ends_at, grant.refresh_ends_at) == (NOW + timedelta(hours=2), NOW + timedelta(days=1))
    assert Grant.read(grant.written()) == grant
    assert "a1" not in repr(grant)
    assert "r1" not in repr(grant)


@pytest.mark.parametrize("word", ["EAAB", "camille:abcd efgh ijkl", '{"not":"a token"}', '{"access_token":1}', "{"])
def test_a_word_stays_what_it_is(word: str) -> None:
    """An application password, or anything that only looks like more."""
    grant = Grant.read(word, NOW)
    assert (grant.access, grant.refresh, grant.ends_at, grant.written()) == (word, "", None, word)


def test_lives_without_a_moment_to_count_from_are_not_guessed() -> None:
    """What was sealed long ago may have ended."""
    grant = Grant.read('{"access_token":"a1","expires_in":7200}')
    assert (grant.access, grant.ends_at) == ("a1", None)
