"""The rules of membership: who may give whom which role, and which password is taken."""

from dataclasses import replace

from services.console.domain.access import Person
from services.console.domain.membership import changed, left_alone, may_change, may_give, may_recover, spread, weakness

CHIEF = Person("c", "ag", "Chief", "c", {"a": "admin", "b": "admin"}, "admin")
LOCAL = Person("l", "ag", "Local", "l", {"a": "admin", "b": "viewer"})
MODERATOR = Person("m", "ag", "Mo", "m", {"a": "moderator", "b": "manager"})


def test_nobody_gives_more_than_they_have() -> None:
    """An admin of one brand gives roles there and nowhere else; who is no admin gives none."""
    assert may_give(CHIEF, {"*": "admin", "b": "viewer"})
    assert may_give(LOCAL, {"a": "admin"})
    assert not may_give(LOCAL, {"b": "viewer"})
    assert not may_give(LOCAL, {"*": "viewer"})
    assert not may_give(MODERATOR, {"b": "viewer"})
    assert not may_give(replace(CHIEF, roles={"a": "admin", "b": "viewer"}), {"b": "moderator"})


def test_nobody_opens_a_way_to_more_than_they_have() -> None:
    """A new password for somebody is all that they may do: an admin of one brand makes it for no one with two."""
    assert may_recover(CHIEF, MODERATOR)
    assert not may_recover(LOCAL, MODERATOR)
    assert may_recover(LOCAL, replace(MODERATOR, roles={"a": "manager"}))
    assert not may_recover(CHIEF, replace(MODERATOR, operator=True))
    assert not may_recover(CHIEF, replace(MODERATOR, agency_id="other"))
    assert not may_recover(CHIEF, CHIEF)  # an open browser would be enough to take the account
    assert (may_change(LOCAL, CHIEF), may_change(CHIEF, LOCAL)) == (False, True)


def test_what_is_not_theirs_to_say_stays() -> None:
    """An admin of one brand changes the role there; the member's others are as before."""
    assert changed(LOCAL, MODERATOR, {"a": "viewer"}, ["a", "b"]) == {"a": "viewer", "b": "manager"}
    assert changed(LOCAL, MODERATOR, {}, ["a", "b"]) == {"b": "manager"}
    assert changed(CHIEF, MODERATOR, {"*": "viewer", "b": "admin"}, ["a", "b"]) == {
        "*": "viewer",
        "a": "viewer",
        "b": "admin",
    }


def test_each_place_keeps_an_admin() -> None:
    """A brand's last one counts as much as the agency's."""
    all_of_it = spread({"*": "admin"}, ["a", "b"])
    assert left_alone(all_of_it, {}, [{"a": "admin"}]) == {"*", "b"}
    assert left_alone(all_of_it, {}, [all_of_it]) == frozenset()
    assert left_alone(all_of_it, all_of_it, []) == frozenset()


def test_a_password_is_long_and_not_the_login() -> None:
    """Twelve characters at least; which ones is the person's affair."""
    assert [
        weakness(word, "zoe@x.example") for word in ("short", "x" * 2000, "ZOE@x.example!", "marmalade on the mountain")
    ] == [
        "short",
        "long",
        "login",
        "",
    ]
