"""Holds: who may set and release one, what it shuts, and in which steps it opens again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shared.holds import STEPS
from shared.rights import Right

GATED = ("publisher", "campaigns")  # the services that ask their gate before anything leaves
USUAL = STEPS[1:]
Scope = Literal["brand", "group", "all"]
RIGHTS: Mapping[str, Right] = {"brand": "hold", "group": "hold_group", "all": "hold_all"}
Hold = Mapping[str, Any]


class NotHeld(Exception):
    """The hold is not open, or no longer shuts that step."""


class NotYet(Exception):
    """Another step is released before this one."""


@dataclass(frozen=True, slots=True)
class Change:
    """The brand's whole list of open holds after an act. Without `steps` nothing opened or shut: a second person is
    asked for."""

    holds: Sequence[Hold]
    hold_id: str
    steps: Sequence[str]
    person: str
    why: str
    opens: bool = False


def new_hold(hold_id: str, scope: Scope, person: str, why: str, since: datetime, *, moderation: bool) -> Hold:
    """A hold as it is set: all that speaks and spends; moderation where its holder says so."""
    shut = list(STEPS if moderation else USUAL)
    return {"hold_id": hold_id, "scope": scope, "shut": shut, "person": person, "why": why, "since": since, "asked": ""}


def held(holds: Sequence[Hold], past: Sequence[str], hold: Hold) -> Change | None:
    """The brand with one more hold; None where this very hold was set before: the same press came twice."""
    if hold["hold_id"] in {*past, *(one["hold_id"] for one in holds)}:
        return None
    return Change([*holds, hold], hold["hold_id"], hold["shut"], hold["person"], hold["why"])


def released(holds: Sequence[Hold], hold_id: str, step: str, person: str, why: str, *, second: bool) -> Change:
    """The brand with one step of a hold released. With `second`, spend opens when another person asks for it too.

    Raises `NotHeld`, or `NotYet` where a step before it is still shut.
    """
    hold = next((one for one in holds if one["hold_id"] == hold_id), None)
    if hold is None or step not in hold["shut"]:
        raise NotHeld
    if step != next_step(hold):
        raise NotYet(next_step(hold))
    if step == "spend" and second and hold["asked"] in ("", person):
        return Change(_with(holds, {**hold, "asked": person}), hold_id, (), person, why, opens=True)
    left = {**hold, "shut": [one for one in hold["shut"] if one != step]}
    return Change(_with(holds, left), hold_id, (step,), person, why, opens=True)


def next_step(hold: Hold) -> str:
    """What a hold releases next; empty where it shuts nothing that we know."""
    return next((step for step in STEPS if step in hold["shut"]), "")


def rights_to_release(scope: str) -> tuple[Right, Right]:
    """Who could not have set a hold cannot lift it either."""
    return "release", RIGHTS[scope]


def _with(holds: Sequence[Hold], changed: Hold) -> list[Hold]:
    now = [changed if one["hold_id"] == changed["hold_id"] else one for one in holds]
    return [one for one in now if one["shut"]]
