"""Alerts: of what a person is told, how, and which facts are too old to tell of."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from shared.events.ids import derive
from shared.rights import Role

Mode = Literal["now", "hourly", "daily", "none"]
MODES: tuple[Mode, ...] = ("now", "hourly", "daily", "none")
PLATFORM = "*"  # stands for the brand of what concerns the whole deployment
# The gravest first: a mail lists them so.
KINDS = (
    "crisis",
    "crisis_eased",
    "post_stranded",
    "post_failed",
    "token_lost",
    "token_ending",
    "brake",
    "parked",
    "case",
    "late",
    "post_unsettled",
)
OPERATORS = frozenset({"brake", "parked"})
FOLLOWS = {"crisis_eased": "crisis"}  # whoever is told of the one is told of the other
CHOOSABLE = tuple(kind for kind in KINDS if kind not in FOLLOWS)
FOR_AGENCIES = tuple(kind for kind in KINDS if kind not in OPERATORS)
OLDEST = timedelta(hours=24)

_MODERATOR: dict[str, Mode] = {"crisis": "now", "case": "hourly", "late": "hourly", "post_stranded": "hourly"}
_MANAGER: dict[str, Mode] = {
    "crisis": "now",
    "post_stranded": "now",
    "post_failed": "now",
    "token_lost": "now",
    "token_ending": "now",
    "case": "daily",
    "late": "daily",
}
DEFAULTS: Mapping[Role, Mapping[str, Mode]] = {
    "viewer": {},
    "moderator": _MODERATOR,
    "manager": _MANAGER,
    "admin": _MANAGER,
    "operator": {"brake": "now", "parked": "hourly"},
}


def mode_of(kind: str, role: Role, chosen: Mapping[str, Mode]) -> Mode:
    """How somebody with this role is told of this kind: as they chose, else as is usual for the role."""
    kind = FOLLOWS.get(kind, kind)
    return chosen.get(kind) or DEFAULTS[role].get(kind, "none")


def strongest(roles: Mapping[str, Role], *, operator: bool) -> dict[str, Mode]:
    """What is usual for somebody with these roles on their brands, for each kind that may ever reach them."""
    held: set[Role] = set(roles.values())
    if operator:
        held.add("operator")
    kinds = [kind for kind in CHOOSABLE if operator or kind not in OPERATORS]
    return {kind: min((mode_of(kind, role, {}) for role in held), key=MODES.index, default="none") for kind in kinds}


def sees(brand_id: str, roles: Mapping[str, Role], *, operator: bool) -> Role | None:
    """In which role somebody sees what an alert is about; None for who does not see it at all."""
    if brand_id == PLATFORM:
        return "operator" if operator else None
    return roles.get(brand_id)


def fresh(at: datetime, replayed_from: datetime | None, now: datetime) -> bool:
    """Whether what happened then is still told of: nothing that is a day old, be it late or replayed."""
    return now - min(at, replayed_from or at) <= OLDEST


def cause_of(
    kind: str, brand_id: str, thing: str, occurrence: str, at: datetime, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Why somebody is to be told. The same cause has the same id, however often and by whomever it is found."""
    return {
        "_id": derive("alert", kind, brand_id, thing, occurrence),
        "brand_id": brand_id,
        "kind": kind,
        "thing": thing,
        "occurrence": occurrence,
        "at": at,
        "facts": dict(facts),
    }


def alert_id(cause_id: str, login: str) -> str:
    """One cause, one person, one alert."""
    return derive("alert", cause_id, login)


def put_off(failures: int) -> timedelta:
    """How long a destination is left alone after it failed so often in a row."""
    steps = (10, 60, 300, 900, 1800, 3600)
    return timedelta(seconds=steps[min(max(failures, 1), len(steps)) - 1])


def may_be_called(url: str, allowed: Collection[str]) -> bool:
    """Whether a hook may be there: https without credentials, or one of the deployment's own `allowed` (host:port).

    Whether its name leads to a public address is looked at on each call.
    """
    try:
        parts = urlsplit(url)
        place = f"{parts.hostname}:{parts.port or 80}"
    except ValueError:
        return False
    if not parts.hostname or parts.username or parts.password or any(sign.isspace() for sign in url):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and place in allowed)
