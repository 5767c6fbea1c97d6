"""Numbers, dates and spans as each language writes them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.console.words import Words, choose_language, messages, typeset
from shared.networks.registry import open_networks

NOW = datetime(2026, 11, 25, 9, 42, tzinfo=UTC)
FRENCH = Words("fr", messages("fr"), ZoneInfo("Europe/Paris"))
ENGLISH = Words("en", messages("en"), ZoneInfo("Europe/London"))


def test_numbers_are_written_the_language_s_way() -> None:
    """Thousands, decimals and a true minus."""
    assert [FRENCH.number(20000), FRENCH.number(0.91, 2), FRENCH.number(-3)] == ["20\u202f000", "0,91", "−3"]
    assert [ENGLISH.number(20000), ENGLISH.number(0.91, 2)] == ["20,000", "0.91"]


def test_a_colon_has_its_language_s_space() -> None:
    """A no-break one before it in French, none in English."""
    assert (FRENCH.pair("Kerlann", "en cours"), ENGLISH.pair("Kerlann", "late")) == (
        "Kerlann\u00a0: en cours",
        "Kerlann: late",
    )


def test_days_and_clocks_are_those_of_the_brand_s_zone() -> None:
    """09:42 in London is 10:42 in Paris."""
    assert (FRENCH.day(NOW), FRENCH.clock(NOW)) == ("mer. 25 nov.", "10:42")
    assert (ENGLISH.day(NOW), ENGLISH.clock(NOW)) == ("Wed 25 Nov", "09:42")


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0.7, "42\u00a0s"), (18, "18\u00a0min"), (65, "1\u00a0h\u00a005"), (120, "2\u00a0h"), (-12, "−12\u00a0min")],
)
def test_spans_are_short(minutes: float, shown: str) -> None:
    """As short as a row has room for."""
    assert ENGLISH.span(timedelta(minutes=minutes)) == shown


def test_old_moments_have_a_date() -> None:
    """Relative under six hours, absolute after."""
    assert ENGLISH.ago(NOW - timedelta(minutes=18), NOW) == "18\u00a0min"
    assert ENGLISH.ago(NOW - timedelta(hours=7), NOW) == "02:42"
    assert ENGLISH.ago(NOW - timedelta(days=1, hours=1), NOW) == "Tue 24 Nov 08:42"


def test_french_has_its_spaces() -> None:
    """Narrow before ; ! ? %, full before : and inside guillemets."""
    assert typeset("Déjà ? « oui » : 3 %", "fr") == "Déjà\u202f? «\u00a0oui\u00a0»\u00a0: 3\u202f%"


@pytest.mark.parametrize("network", open_networks(None))  # type: ignore[arg-type]
def test_how_far_back_is_looked_is_said_as_the_network_says_it(network: str) -> None:
    """The English words are those of the network's own client, so that the French ones are of the same thing."""
    bound = getattr(open_networks(None)[network], "rescan_bound", None)  # type: ignore[arg-type]
    if bound:
        assert ENGLISH.known(f"channels.bound_{network}", "") == bound


def test_one_and_many_differ() -> None:
    """French counts nought as one."""
    assert FRENCH("shell.more_brands", count=0).endswith("marque de plus")
    assert ENGLISH("shell.more_brands", count=0).endswith("more brands")


@pytest.mark.parametrize(
    ("chosen", "accept", "language"),
    [("fr", "en", "fr"), ("", "fr-CA,en;q=0.9", "fr"), ("", "en;q=0.4, fr;q=0.6", "fr"), ("", "de;q=x, *", "en")],
)
def test_the_language_is_chosen_or_asked_for(chosen: str, accept: str, language: str) -> None:
    """A member's choice, else the browser's first that we speak, else English."""
    assert choose_language(chosen, accept) == language
