"""The simulated ad network's memory: what each campaign really spent, and what its reports have told of it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from parvis.simulator.faults import Faults
from parvis.simulator.journal import Journal

HOUR = 3600.0
A_THOUSAND = 600.0  # cents
COUNTS = ("spend", "impressions", "clicks", "conversions")
PAID_BACK = 0.9  # of what was told of an hour, when it is restated


@dataclass(slots=True)
class Campaign:
    """One campaign. `hours` has by arm and hour the cents that were really spent, `told` what was reported last."""

    id: str
    account: str
    name: str
    serving: bool
    budget: int
    arms: list[dict[str, Any]]
    since: float
    audience: list[str] = field(default_factory=list)
    hours: dict[str, float] = field(default_factory=dict)
    told: dict[str, dict[str, int]] = field(default_factory=dict)
    number: int = 0
    next_report: float = 0.0

    @property
    def spent(self) -> float:
        """Cents in all."""
        return sum(self.hours.values())


class AdBooks:
    """Money flows while a campaign is on, evenly by the second; nothing is counted in advance."""

    def __init__(self, journal: Journal, clock: Callable[[], float], faults: Faults) -> None:
        self._journal, self._clock, self._faults = journal, clock, faults
        self.cents_per_second = 3.0
        self.report_seconds = 5.0
        self.campaigns = {row["id"]: Campaign(**row) for row in journal.load("ad")}

    def put(self, account: str, ref: str, wish: dict[str, Any]) -> Campaign:
        """The campaign is so from now on; what it spent until now is counted first."""
        now = self._clock()
        campaign = self.campaigns.get(f"{account}:{ref}")
        if campaign is None:
            campaign = Campaign(f"{account}:{ref}", account, "", False, 0, [], now)
            self.campaigns[campaign.id] = campaign
        self.count(campaign)
        campaign.name, campaign.serving = str(wish["name"]), bool(wish["serving"])
        campaign.budget, campaign.arms = int(wish["budget"]), list(wish["arms"])
        self._keep(campaign)
        self._journal.note(now, "ad", account, ref, serving=campaign.serving, spent=int(campaign.spent))
        return campaign

    def address(self, campaign: Campaign, members: list[str]) -> None:
        """Whom it addresses."""
        campaign.audience = members
        self._keep(campaign)

    def count(self, campaign: Campaign) -> None:
        """What was spent since the last count, by hour and arm; never more than the budget, unless a fault says so."""
        now = self._clock()
        left = campaign.budget - campaign.spent
        if self._faults.pick("budget_ignored", "ads", campaign.account):
            left = float("inf")
        while campaign.serving and campaign.since < now:
            until = min(now, (campaign.since // HOUR + 1) * HOUR)
            cents = max(0.0, min(left, (until - campaign.since) * self.cents_per_second))
            for arm in campaign.arms:
                key = f"{arm['name']}|{int(campaign.since // HOUR * HOUR)}"
                campaign.hours[key] = campaign.hours.get(key, 0.0) + cents * arm["share"] / 100
            left, campaign.since = left - cents, until
        campaign.since = now

    def report(self, campaign: Campaign, after: int) -> list[dict[str, Any]]:
        """The figures stated after that number: late, again or restated where a fault says so."""
        self.count(campaign)
        now, account = self._clock(), campaign.account
        if fault := self._faults.pick("report_late", "report", account):
            campaign.next_report = now + fault.seconds
        if now >= campaign.next_report:
            campaign.next_report = now + self.report_seconds
            for key, cents in campaign.hours.items():
                self._tell(campaign, key, cents)
        if self._faults.pick("report_restated", "report", account):
            self._restate(campaign)
        self._keep(campaign)
        if self._faults.pick("report_twice", "report", account):
            after = 0
        return [_row(key, told) for key, told in campaign.told.items() if told["number"] > after]

    def _tell(self, campaign: Campaign, key: str, cents: float) -> None:
        figures = _figures(key, cents)
        if any(campaign.told.get(key, {}).get(name) != figures[name] for name in COUNTS):
            campaign.number += 1
            campaign.told[key] = figures | {"number": campaign.number}

    def _restate(self, campaign: Campaign) -> None:
        """Some of the newest hour's clicks were invalid: they are paid back, and the budget has room again."""
        if campaign.told:
            key = max(campaign.told, key=lambda one: campaign.told[one]["number"])
            campaign.hours[key] = campaign.told[key]["spend"] * PAID_BACK
            self._tell(campaign, key, campaign.hours[key])

    def _keep(self, campaign: Campaign) -> None:
        self._journal.put("ad", campaign.id, campaign)


def _figures(key: str, cents: float) -> dict[str, int]:
    """What so many cents came to; an arm is as good as its name."""
    luck = hashlib.sha256(key.rpartition("|")[0].encode()).digest()[0] / 255
    impressions = cents * 1000 / A_THOUSAND
    clicks = impressions * (0.012 + 0.012 * luck)
    counts = (cents, impressions, clicks, clicks * 0.06)
    return {name: int(count + 1e-6) for name, count in zip(COUNTS, counts, strict=True)}


def _row(key: str, told: dict[str, int]) -> dict[str, Any]:
    arm, _, hour = key.rpartition("|")
    return {"arm": arm, "hour": datetime.fromtimestamp(int(hour), UTC).isoformat(), **told}
