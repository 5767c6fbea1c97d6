"""Alerts without any engine: who is told, when a mail leaves, what is too old."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.console.domain.alerts import (
    CHOOSABLE,
    DEFAULTS,
    KINDS,
    cause_of,
    fresh,
    may_be_called,
    mode_of,
    put_off,
    sees,
    strongest,
)
from services.console.domain.quiet import Hours
from services.console.domain.relay import is_address, server_of
from services.console.words import messages

PARIS = ZoneInfo("Europe/Paris")
NIGHT = Hours(PARIS, time(22), time(7))


def at(text: str) -> datetime:
    """A moment by the clocks of Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("mode", "now", "leaves"),
    [
        ("now", "2026-11-25T14:10", "2026-11-25T14:10"),
        ("now", "2026-11-25T22:00", "2026-11-26T07:00"),
        ("now", "2026-11-26T06:59", "2026-11-26T07:00"),
        ("hourly", "2026-11-25T14:10", "2026-11-25T15:00"),
        ("hourly", "2026-11-25T21:30", "2026-11-26T07:00"),
        ("daily", "2026-11-25T07:59", "2026-11-25T08:00"),
        ("daily", "2026-11-25T08:00", "2026-11-26T08:00"),
    ],
)
def test_a_mail_leaves_when_its_reader_wishes(mode: str, now: str, leaves: str) -> None:
    """At once, at the full hour, in the morning; never in the quiet hours, whose end it waits for."""
    assert NIGHT.leaves_at(mode, at(now)) == at(leaves)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("begin", "end", "now", "leaves"),
    [
        ("01:00", "02:30", "2026-03-29T00:30:00+00:00", "2026-03-29T01:30:00+00:00"),  # 02:30 is left out: 03:30
        ("22:00", "07:00", "2026-03-28T23:00:00+00:00", "2026-03-29T05:00:00+00:00"),  # a night of eight hours
        ("22:00", "07:00", "2026-10-24T22:00:00+00:00", "2026-10-25T06:00:00+00:00"),  # a night of ten
        ("01:00", "02:30", "2026-10-25T00:10:00+00:00", "2026-10-25T00:30:00+00:00"),  # 02:30 the first time
        ("01:00", "02:30", "2026-10-25T01:10:00+00:00", "2026-10-25T01:30:00+00:00"),  # and the second
    ],
)
def test_quiet_hours_follow_the_clocks(begin: str, end: str, now: str, leaves: str) -> None:
    """When the clocks change, the night ends when its clock says so, and a mail never leaves before it was due."""
    hours = Hours(PARIS, time.fromisoformat(begin), time.fromisoformat(end))
    assert hours.leaves_at("now", datetime.fromisoformat(now)) == datetime.fromisoformat(leaves)


def test_equal_times_are_no_quiet_hours() -> None:
    """From seven to seven is never, not always."""
    assert not Hours(PARIS, time(7), time(7)).quiet(at("2026-11-25T07:00"))


def test_everybody_is_told_by_role_unless_they_choose() -> None:
    """A viewer gets no mail, a moderator hears of a crisis at once; a choice of one's own goes before."""
    assert mode_of("crisis", "viewer", {}) == "none"
    assert mode_of("crisis", "moderator", {}) == "now"
    assert mode_of("crisis_eased", "moderator", {"crisis": "daily"}) == "daily"
    assert strongest({"a": "viewer", "b": "manager"}, operator=False)["post_failed"] == "now"
    assert "brake" not in strongest({"a": "admin"}, operator=False)
    assert strongest({}, operator=True)["brake"] == "now"
    assert {kind for modes in DEFAULTS.values() for kind in modes} <= set(CHOOSABLE)


def test_only_who_sees_a_brand_is_told() -> None:
    """What is about the deployment is for operators; what is about a brand for its own people."""
    assert sees("br-a", {"br-a": "viewer"}, operator=False) == "viewer"
    assert sees("br-b", {"br-a": "admin"}, operator=True) is None
    assert sees("*", {"br-a": "admin"}, operator=False) is None
    assert sees("*", {}, operator=True) == "operator"


def test_a_cause_is_one_whoever_finds_it() -> None:
    """The same kind, brand, thing and occurrence are one alert; any other of them is another."""
    now = datetime(2026, 11, 25, tzinfo=UTC)
    one = cause_of("post_failed", "br-a", "d-1", "0.4", now, {})
    assert one["_id"] == cause_of("post_failed", "br-a", "d-1", "0.4", now + timedelta(hours=1), {"why": "x"})["_id"]
    others = [("post_stranded", "d-1", "0.4"), ("post_failed", "d-2", "0.4"), ("post_failed", "d-1", "0.5")]
    assert len({one["_id"], *(cause_of(kind, "br-a", thing, no, now, {})["_id"] for kind, thing, no in others)}) == 4


def test_what_is_a_day_old_is_told_to_nobody() -> None:
    """Late by an outage or by a replay: the first time it was said counts."""
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert fresh(now - timedelta(hours=24), None, now)
    assert not fresh(now - timedelta(hours=24, seconds=1), None, now)
    assert not fresh(now, now - timedelta(hours=25), now)


def test_a_destination_is_left_alone_ever_longer() -> None:
    """Seconds first, an hour at most."""
    waits = [put_off(failures) for failures in range(12)]
    assert waits == sorted(waits)
    assert (waits[1], waits[-1]) == (timedelta(seconds=10), timedelta(hours=1))


def test_a_mail_server_is_one_setting() -> None:
    """TLS is demanded unless it is said that there is none, and then no password is taken."""
    server = server_of("smtp://me%40x:pass%2Fword@mail.example")
    assert server is not None
    assert (server.port, server.wrapping, server.user, server.password) == (587, "starttls", "me@x", "pass/word")
    assert "pass/word" not in repr(server)
    assert server_of("") is None
    for wrong in ("mail.example", "http://mail.example", "smtp+plain://me:secret@127.0.0.1"):
        with pytest.raises(ValueError, match=r"smtp") as trouble:
            server_of(wrong)
        assert "secret" not in str(trouble.value)


def test_a_hook_is_called_over_tls() -> None:
    """What would carry a password, or go out in the clear, is refused; the deployment's own places are excepted."""
    assert may_be_called("https://x.example/hook", ())
    assert may_be_called("http://127.0.0.1:9000/hook", ("127.0.0.1:9000",))
    for wrong in (
        "http://x.example",
        "https://me:secret@x.example",
        "https://",
        "https://x.example/a b",
        "https://x:y",
    ):
        assert not may_be_called(wrong, ())


def test_only_addresses_are_mailed() -> None:
    """What would be two headers, or no address at all, is none."""
    good, bad = (
        ("ines@rivage.test", "a.b+c@x.example"),
        ("ines", "a@b", "a b@x.test", "a@x.test\nBcc: b@x.test", "é@x.test"),
    )
    assert all(is_address(one) for one in good)
    assert not any(is_address(one) for one in bad)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_has_its_words(language: str) -> None:
    """A title and a sentence for each; a name on the page of choices for those that can be chosen."""
    words = messages(language)
    missing = [f"{part}_{kind}" for kind in KINDS for part in ("title", "line") if f"alerts.{part}_{kind}" not in words]
    missing += [kind for kind in CHOOSABLE if f"alerts.kind_{kind}" not in words]
    assert missing == []
