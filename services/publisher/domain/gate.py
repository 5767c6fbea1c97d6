"""What a brand's holds shut: a step is open only where no hold shuts it."""

from collections.abc import Iterable, Mapping
from typing import Any

STEP_OF = {"reply": "replies", "post": "posts"}
MODERATION = "moderation"


def shut_by(holds: Iterable[Mapping[str, Any]]) -> list[str]:
    """The steps that any of these holds shuts, by name."""
    return sorted({step for hold in holds for step in hold["shut"]})


def shut_kinds(shut: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """From brands by step to brands by kind of delivery."""
    return {kind: shut.get(step, []) for kind, step in STEP_OF.items()}


def step_of(delivery: Mapping[str, Any]) -> str:
    """The step that a delivery belongs to."""
    return STEP_OF[delivery["kind"]]
