"""What an admin may do about members: nobody gives more than they have, and no place is left without an admin."""

from collections.abc import Iterable, Mapping, Sequence

from services.console.domain.access import BRAND_ROLES, EVERY_BRAND, Person
from shared.rights import Role, allowed

Roles = Mapping[str, Role]
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024


def spread(roles: Roles, brands: Sequence[str]) -> dict[str, Role]:
    """Roles as they are stored: what is said of every brand is written at each of them too, unless it has its own."""
    if EVERY_BRAND not in roles:
        return dict(roles)
    return dict.fromkeys(brands, roles[EVERY_BRAND]) | dict(roles)


def collapsed(roles: Roles) -> dict[str, Role]:
    """The other way round: a brand's own role is told only where it differs from the one on every brand."""
    usual = roles.get(EVERY_BRAND)
    return {place: role for place, role in roles.items() if place == EVERY_BRAND or role != usual}


def roles_of(person: Person) -> dict[str, Role]:
    """All that a person has, what is said of every brand among it."""
    whole: dict[str, Role] = {} if person.everywhere is None else {EVERY_BRAND: person.everywhere}
    return whole | dict(person.roles)


def manages_all(person: Person) -> bool:
    """Whether the whole agency's members are this person's to look after."""
    return person.everywhere is not None and allowed(person.everywhere, "members")


def managed(person: Person) -> frozenset[str]:
    """The brands whose members this person looks after."""
    return frozenset(brand for brand in person.brands if person.may("members", brand))


def may_give(person: Person, roles: Roles) -> bool:
    """Whether each of these roles is at a place that the person looks after, and none is above their own there."""
    own = roles_of(person)
    places = managed(person) | ({EVERY_BRAND} if manages_all(person) else frozenset())
    return all(place in places and _rank(role) <= _rank(own[place]) for place, role in roles.items())


def may_see(person: Person, member: Person) -> bool:
    """Members of one's own agency: all of them, or those with a role at a brand that one looks after."""
    if person.agency_id != member.agency_id:
        return False
    return manages_all(person) or bool(managed(person) & member.roles.keys())


def may_change(person: Person, member: Person) -> bool:
    """Whether the person may say what the member's role is where they look after members."""
    return may_see(person, member) and (member.everywhere is None or manages_all(person))


def may_recover(person: Person, member: Person) -> bool:
    """Whether the person may open a way into the member's account: only where that gives them nothing new.

    Never into their own: who finds an open browser would have the account with it, without password or code.
    """
    if person.login == member.login or not may_see(person, member) or (member.operator and not person.operator):
        return False
    return may_give(person, roles_of(member))


def changed(person: Person, member: Person, wished: Roles, brands: Sequence[str]) -> dict[str, Role]:
    """The member's roles after the person's wish; what is not theirs to say stays as it is."""
    if manages_all(person):
        return spread(wished, brands)
    kept = {brand: role for brand, role in roles_of(member).items() if brand not in managed(person)}
    return kept | dict(wished)


def left_alone(before: Roles, after: Roles, others: Iterable[Roles]) -> frozenset[str]:
    """The places (brands, or every brand) that would lose their last admin."""
    given_up = {place for place, role in before.items() if role == "admin" and after.get(place) != "admin"}
    return frozenset(given_up - {place for roles in others for place, role in roles.items() if role == "admin"})


def weakness(password: str, login: str) -> str:
    """Why a password is not taken: `short`, `long`, `login` (it is the login, or holds it); empty where it is."""
    if len(password) < SHORTEST_PASSWORD:
        return "short"
    if len(password) > LONGEST_PASSWORD:
        return "long"
    return "login" if login.casefold() in password.casefold() else ""


def _rank(role: Role) -> int:
    return BRAND_ROLES.index(role)
