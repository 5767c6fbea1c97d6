"""Who may do what: a role on a brand gives rights there, and nothing anywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.rights import Right, Role, allowed, rights_of

BRAND_ROLES: tuple[Role, ...] = ("viewer", "moderator", "manager", "admin")
EVERY_BRAND = "*"


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in member. `roles` names a role for each brand granted; nothing else is theirs to see.

    `everywhere` is the role that they have on all brands of the agency, later ones too, where they have one;
    `second_step`: they are asked for a code when they sign in.
    """

    member_id: str
    agency_id: str
    name: str
    login: str
    roles: Mapping[str, Role] = field(default_factory=dict)
    everywhere: Role | None = None
    operator: bool = False
    language: str = ""
    theme: str = ""
    second_step: bool = False

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands this person was granted."""
        return tuple(self.roles)

    @property
    def initials(self) -> str:
        """`IB` for Inès B."""
        return "".join(word[0] for word in self.name.split()[:2]).upper() or "?"

    def may(self, right: Right, brand_id: str) -> bool:
        """Deny by default: no role on the brand, no right."""
        role = self.roles.get(brand_id)
        return role is not None and allowed(role, right)

    def may_stop(self, right: Right, brand_id: str) -> bool:
        """As `may`; the operator of the whole deployment has what concerns holds on every brand."""
        return self.may(right, brand_id) or (self.operator and allowed("operator", right))

    def may_anywhere(self, right: Right) -> bool:
        """Whether there is a brand where this person has the right (to show a door, never to open it)."""
        return any(allowed(role, right) for role in self.roles.values())

    def may_operate(self) -> bool:
        """The operator of the whole deployment sees health, lag and parked messages."""
        return self.operator and "operate" in rights_of("operator")
