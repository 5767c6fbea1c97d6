"""Who may do what: the one table of roles and rights (deny by default)."""

from typing import Literal

Role = Literal["viewer", "moderator", "manager", "admin", "operator"]
Right = Literal[
    "read",
    "decide",
    "reply",
    "note",
    "hold",
    "compose",
    "approve",
    "schedule",
    "policies",
    "endpoints",
    "audit",
    "release",
    "hold_group",
    "members",
    "channels",
    "erase",
    "hold_all",
    "operate",
    "read_with_reason",
]

_OWN: dict[Role, frozenset[Right]] = {
    "viewer": frozenset({"read"}),
    "moderator": frozenset({"decide", "reply", "note", "hold"}),
    "manager": frozenset({"compose", "approve", "schedule", "policies", "endpoints", "audit", "release"}),
    "admin": frozenset({"members", "channels", "erase", "hold_group"}),
}
_LADDER: tuple[Role, ...] = ("viewer", "moderator", "manager", "admin")


def rights_of(role: Role) -> frozenset[Right]:
    """All that a role may do. Brand roles include those below; the operator looks after health, not texts."""
    if role == "operator":
        return frozenset({"operate", "read_with_reason", "hold", "release", "hold_group", "hold_all"})
    steps = _LADDER[: _LADDER.index(role) + 1]
    return frozenset().union(*(_OWN[step] for step in steps))


def allowed(role: Role, right: Right) -> bool:
    """Whether `role` may do what `right` names."""
    return right in rights_of(role)
