"""House rules that another process saved, and the store's epoch, are learnt here within a moment."""

from dataclasses import dataclass

from services.moderation.store.policies import HouseRules
from shared.epochs import Epochs


@dataclass(frozen=True, slots=True)
class RulesRefreshing:
    """What every process holds in memory."""

    house_rules: HouseRules
    epochs: Epochs

    async def refresh(self) -> None:
        """Read both again."""
        await self.house_rules.refresh()
        await self.epochs.current()
