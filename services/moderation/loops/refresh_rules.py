"""House rules that another process saved, and the store's epoch, are learnt here within a moment."""

from dataclasses import dataclass

from services.moderation.store.epochs import Epochs
from services.moderation.store.policies import HouseRules


@dataclass(frozen=True, slots=True)
class RulesRefreshing:
    """What every process holds in memory."""

    house_rules: HouseRules
    epochs: Epochs

    async def refresh(self) -> None:
        """Read both again."""
        await self.house_rules.refresh()
        await self.epochs.refresh()
