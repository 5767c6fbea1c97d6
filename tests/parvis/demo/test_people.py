"""The demo's members have passwords of their own, made once."""

from pathlib import Path

from parvis.demo.people import PEOPLE, passwords


def test_passwords_are_made_once_and_kept_for_their_owner_alone(tmp_path: Path) -> None:
    """A second start gives the same ones; nobody else on the machine can read them."""
    path = tmp_path / "login"
    first = passwords(path)
    assert passwords(path) == first
    assert len(set(first.values())) == len(PEOPLE)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_member_who_came_later_gets_a_password_and_the_others_keep_theirs(tmp_path: Path) -> None:
    """A file of an older version lacks somebody."""
    path = tmp_path / "login"
    first = passwords(path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    second = passwords(path)
    changed = {login for login in first if first[login] != second[login]}
    assert changed == {PEOPLE[0].login}


def test_there_is_somebody_in_every_role_and_a_second_manager_to_approve() -> None:
    """Nobody approves their own post, so one manager would not do."""
    roles = [person.role for person in PEOPLE]
    assert set(roles) == {"viewer", "moderator", "manager", "admin"}
    assert roles.count("manager") > 1
    assert any(person.operator for person in PEOPLE)
