"""Which step of a hold shuts which delivery."""

from collections.abc import Mapping
from typing import Any

STEP_OF = {"reply": "replies", "post": "posts"}
MODERATION = "moderation"


def shut_kinds(shut: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """From brands by step to brands by kind of delivery."""
    return {kind: shut.get(step, []) for kind, step in STEP_OF.items()}


def step_of(delivery: Mapping[str, Any]) -> str:
    """The step that a delivery belongs to."""
    return STEP_OF[delivery["kind"]]
