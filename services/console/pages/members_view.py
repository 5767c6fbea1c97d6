"""Members in words: which role at which brands, and what the person who looks may do about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.console.domain.access import EVERY_BRAND, Person
from services.console.domain.brands import BrandTile
from services.console.domain.membership import (
    Roles,
    collapsed,
    managed,
    manages_all,
    may_change,
    may_recover,
    roles_of,
)
from services.console.shell import Shell
from services.console.words import Words
from shared.rights import Role


@dataclass(frozen=True, slots=True)
class RoleGroup:
    """One role and where it counts; no brand is every brand."""

    role: Role
    brands: Sequence[BrandTile]


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the form that gives roles: every brand (`brand` is None), or one."""

    name: str
    brand: BrandTile | None
    role: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as somebody who looks after members sees them."""

    login: str
    name: str
    initials: str
    groups: Sequence[RoleGroup]
    is_self: bool
    operator: bool
    second_step: bool
    may_change: bool
    may_recover: bool


def member_row(member: Person, person: Person, shell: Shell) -> MemberRow:
    """A member with the roles that the person who looks may know of."""
    known = roles_of(member)
    if not manages_all(person):
        known = {place: role for place, role in known.items() if place in (EVERY_BRAND, *managed(person))}
    return MemberRow(
        login=member.login,
        name=member.name,
        initials=member.initials,
        groups=role_groups(known, shell),
        is_self=member.login == person.login,
        operator=member.operator,
        second_step=member.second_step,
        may_change=may_change(person, member),
        may_recover=may_recover(person, member) and member.login != person.login,
    )


def invitation_row(
    row: Mapping[str, Any], names: Mapping[str, str], shell: Shell, words: Words, now: datetime
) -> dict[str, Any]:
    """Who was invited, by whom, and until when the link is good."""
    return {
        "id": row["_id"],
        "login": row["login"],
        "groups": role_groups(row["roles"], shell),
        "by": names.get(row["by"], row["by"]),
        "until": words.moment(row["ends_at"], now),
    }


def role_groups(roles: Roles, shell: Shell) -> list[RoleGroup]:
    """The role on every brand first, then each role with the brands where it differs."""
    told = collapsed(roles)
    groups: dict[Role, list[BrandTile]] = {}
    for tile in shell.brands:
        if tile.id in told:
            groups.setdefault(told[tile.id], []).append(tile)
    everywhere = [RoleGroup(told[EVERY_BRAND], ())] if EVERY_BRAND in told else []
    return everywhere + [RoleGroup(role, tiles) for role, tiles in groups.items()]


def place_rows(person: Person, roles: Roles, shell: Shell) -> list[Place]:
    """The places where the person may give roles, with what is given there now."""
    told, own = collapsed(roles), managed(person)
    everywhere = [Place(EVERY_BRAND, None, told.get(EVERY_BRAND, ""))] if manages_all(person) else []
    return everywhere + [Place(one.id, one, told.get(one.id, "")) for one in shell.brands if one.id in own]
