"""What the network should show after a verdict or a decision: show, hide, delete, or keep (nothing changes)."""

from typing import Any

NOT_SHOWN = frozenset({"held", "hidden", "spam", "trash"})
TAKES_DOWN = frozenset({"hide", "delete"})
RULE, PERSON = "rule", "person"


def of_verdict(outcome: str, *, hidden_by: str, arrived_as: str, acts: bool, shows_held: bool) -> str:
    """The wish of a rule. `hidden_by` says who took an earlier revision down; `acts` is false for what is only noted.

    What a person hid stays for a person; what a rule hid is shown again when a later revision passes; what the
    network itself keeps back is shown by rule only where the brand says so (`shows_held`).
    """
    if not acts or hidden_by == PERSON:
        return "keep"
    kept_back = arrived_as in NOT_SHOWN and hidden_by != RULE
    if outcome == "hide":
        return "keep" if kept_back else "hide"
    if outcome == "delete":
        return "delete"
    return "show" if hidden_by == RULE or (kept_back and shows_held) else "keep"


def of_decision(decision: str, row: dict[str, Any]) -> str:
    """The wish of a person who has this interaction before them."""
    if decision in TAKES_DOWN:
        return decision
    seen = (row.get("visibility") or "public") not in NOT_SHOWN and row.get("arrived_as") not in NOT_SHOWN
    return "keep" if seen and not row.get("hidden_by") else "show"


def of_reversal(decision: str, before: str) -> str:
    """The counter-wish, where a decision had left; `before` says who had taken it down before."""
    if decision == "hide":
        return "keep" if before == PERSON else "show"
    return "hide" if before else "keep"


def hidden_after(wish: str, by: str, before: str) -> str:
    """Who took the interaction down ("" where nobody did), after this wish."""
    if wish == "show":
        return ""
    return by if wish in TAKES_DOWN else before
