"""`policies`: house rules of brands and agencies, by version; in memory as compiled, refreshed by a loop."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from services.moderation.domain.policy.compiled import Policy, Wrong
from services.moderation.domain.policy.defaults import DEFAULTS, DEFAULTS_VERSION
from shared.errors import Conflict
from shared.events.moderation.policy_changed import Rule
from shared.mongo.database import Database
from shared.mongo.indexes import Index
from shared.mongo.transactions import Transaction

Row = dict[str, Any]
log = structlog.get_logger(__name__)


class Policies:
    """The stored rules. An owner is a brand or an agency, named by its id; without a row it has version 0."""

    def __init__(self, database: Database) -> None:
        self._rows = database.brand("policies")
        self._all = database.system("policies", Index("changed_at"))  # system: a loop reads all rules

    async def get(self, owner_id: str, *, tx: Transaction | None = None) -> Row:
        """The newest version: {version, rules}."""
        row = await self._rows.get({"_id": owner_id, "brand_id": owner_id}, tx=tx)
        return {"version": row["version"], "rules": row["rules"]} if row else {"version": 0, "rules": None}

    async def put(
        self, owner_id: str, rules: Sequence[Rule], expected: int | None, at: datetime, *, tx: Transaction
    ) -> Row:
        """The next version. Raises 409 where another than the expected one is there."""
        now = await self.get(owner_id, tx=tx)
        if expected is not None and expected != now["version"]:
            raise Conflict(now, "these rules were changed meanwhile")
        new = {"version": now["version"] + 1, "rules": [rule.model_dump() for rule in rules]}
        where = {"_id": owner_id, "brand_id": owner_id}
        await self._rows.update(where, {"$set": {**new, "changed_at": at}}, upsert=True, tx=tx)
        return new

    async def all(self) -> list[Row]:
        """Every owner's newest version."""
        return await self._all.find({})


class HouseRules:
    """What a brand is judged by: its own rules, then its agency's (which begin as ours). Compiled once a version."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._stored: dict[str, tuple[int, tuple[Rule, ...]]] = {}
        self._compiled: dict[tuple[str, str], Policy] = {}

    async def refresh(self) -> None:
        """Learn what other processes have saved."""
        for row in await self._policies.all():
            self.learn(row["_id"], row)

    def learn(self, owner_id: str, row: Row) -> None:
        """Take a version in; an older one than the known changes nothing."""
        known = self._stored.get(owner_id)
        if known is None or known[0] < row["version"]:
            self._stored[owner_id] = row["version"], tuple(Rule.model_validate(rule) for rule in row["rules"])

    def of(self, brand_id: str, agency_id: str) -> Policy:
        """The policy that judges now. Its version is the sum of what it is made of, so it rises with either."""
        own_version, own = self._stored.get(brand_id, (0, ()))
        agency_version, agency = self._stored.get(agency_id, (0, DEFAULTS))
        version = own_version + agency_version + DEFAULTS_VERSION
        written_by = (brand_id if own_version else "", agency_id if agency_version else "")
        known = self._compiled.get(written_by)  # brands without rules of their own share one
        if known is None or known.version != version:
            known = self._compiled[written_by] = self._compile(own, agency, version)
        return known

    def _compile(self, own: Sequence[Rule], agency: Sequence[Rule], version: int) -> Policy:
        try:
            return Policy(layered(own, agency), version)
        except (Wrong, RuntimeError) as wrong:
            log.exception("policy_does_not_compile", version=version, why=str(wrong))
            return Policy(DEFAULTS, version)


def layered(own: Sequence[Rule], agency: Sequence[Rule]) -> tuple[Rule, ...]:
    """The order in which rules are asked; an agency's rule that has a name of the brand's own is replaced by it."""
    names = {rule.name for rule in own}
    return (*own, *(rule for rule in agency if rule.name not in names))
