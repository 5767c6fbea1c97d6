"""The brands that are held, as the banner on every page says it: since when, by whom, why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.console.domain.brands import BrandTile
from services.console.visits import Visit, zone_of
from shared.holds import shut_by


@dataclass(frozen=True, slots=True)
class Stopped:
    """One held brand: its longest hold in words, and what is shut by all of them, by name and in words."""

    brand: BrandTile
    since: str
    person: str
    why: str
    steps: Sequence[str]
    shut: str


async def stopped(here: Visit, held: Sequence[tuple[BrandTile, Mapping[str, Any]]]) -> list[Stopped]:
    """The banner's lines for rows that have open holds, in their brands' time zones."""
    names = await here.console.members.names([row["holds"][0]["person"] for _, row in held]) if held else {}
    return [_stopped(here, brand, row, names) for brand, row in held]


def _stopped(here: Visit, brand: BrandTile, row: Mapping[str, Any], names: Mapping[str, str]) -> Stopped:
    first, words = row["holds"][0], here.words.at(zone_of(brand.timezone))
    steps = shut_by(row["holds"])
    shut = ", ".join(words(f"hold.step_{step}").lower() for step in steps)
    person = names.get(first["person"], first["person"])
    return Stopped(brand, words.moment(first["since"], here.now), person, first["why"], steps, shut)
