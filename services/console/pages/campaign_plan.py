"""The plan's form: from what a browser sends to what campaigns takes, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from services.console.domain.numbers import HIGHEST, whole

OBJECTIVES = ("awareness", "traffic", "conversions")
PACINGS = ("even", "fast")
CURRENCIES = ("EUR", "GBP", "USD", "CHF", "CAD")
EXAMPLE = "said_30_days >= 2\nmood.positive > 0.5"
PLAIN = ("name", "objective", "channel_id", "first_day", "last_day", "currency", "pacing")


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in the form, as text; nothing typed is lost."""

    values: Mapping[str, str]

    def __getattr__(self, name: str) -> str:
        return self.values.get(name, "")

    def body(self) -> dict[str, Any]:
        """As campaigns takes it; a budget that is no number is 0, which it refuses with its own words."""
        arms = [self._arm("a"), *([self._arm("b")] if self.values.get("b_text", "").strip() else [])]
        if len(arms) == 1:
            arms[0]["share"] = 100
        plan = {name: self.values.get(name, "") for name in PLAIN}
        return plan | {"budget": cents(self.values.get("budget", "")), "criteria": self.conditions(), "arms": arms}

    def conditions(self) -> list[str]:
        """One a line."""
        return [line.strip() for line in self.values.get("criteria", "").splitlines() if line.strip()]

    def _arm(self, key: str) -> dict[str, Any]:
        share = whole(self.values.get("share", ""), HIGHEST)
        first = 50 if share is None else share
        told = {part: self.values.get(f"{key}_{part}", "").strip() for part in ("text", "link")}
        return {"name": key.upper(), **told, "share": first if key == "a" else 100 - first}


def fresh(today: date, channel_id: str) -> Given:
    """An empty form: a week from tomorrow on."""
    first = today + timedelta(days=1)
    days = {"first_day": first.isoformat(), "last_day": (first + timedelta(days=6)).isoformat()}
    usual = {"objective": "awareness", "currency": "EUR", "pacing": "even", "share": "50", "budget": ""}
    return Given({"name": "", "channel_id": channel_id, "criteria": EXAMPLE, **days, **usual})


def of(campaign: Mapping[str, Any]) -> Given:
    """A campaign's plan in the form."""
    values = {name: str(campaign[name]) for name in PLAIN}
    values |= {"budget": f"{campaign['budget'] / 100:.2f}", "share": str(campaign["arms"][0]["share"])}
    values["criteria"] = "\n".join(one["when"] for one in campaign["criteria"])
    for key, arm in zip("ab", campaign["arms"], strict=False):
        values |= {f"{key}_text": arm["text"], f"{key}_link": arm["link"]}
    return Given(values)


def cents(typed: str) -> int:
    """`1 234,56` and `1234.56` are 123456."""
    plain = "".join(sign for sign in typed if sign.isdecimal() or sign in ".,").replace(",", ".")
    try:
        return int((min(Decimal(plain), Decimal(HIGHEST)) * 100).to_integral_value())
    except InvalidOperation:
        return 0
