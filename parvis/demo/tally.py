"""The story's books: what console counted, held against the simulator's own ledger."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from parvis.demo.seed import House

WORDS = ("came_in", "judged", "hidden", "answered", "held_for_a_person", "published", "failed", "unsettled")
Sums = Mapping[str, int]


@dataclass(slots=True)
class Seen:
    """What the networks know of one brand since the story began: sets of ids, and how often each post stands there."""

    said: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    answered: Counter[str] = field(default_factory=Counter)
    posted: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def sums(self) -> dict[str, int]:
        """In console's words, as far as a network can know them."""
        posts = {text for text, _ in self.posted}
        return {
            "came_in": len(self.said),
            "judged": len(self.said),
            "hidden": len(self.hidden),
            "answered": len(self.answered),
            "published": len(posts),
        }

    @property
    def doubled(self) -> list[str]:
        """What stands twice where it was to stand once."""
        posts = [f"{text!r} on {network}" for (text, network), times in self.posted.items() if times > 1]
        return posts + [f"an answer to {said}" for said, times in self.answered.items() if times > 1]


def seen_by_networks(ledger: Iterable[Mapping[str, Any]], houses: Iterable[House]) -> dict[str, Seen]:
    """By brand; `ledger` are the simulator's lines since the story began."""
    owners = {account["id"]: house.brand_id for house in houses for account in house.accounts.values()}
    seen: dict[str, Seen] = defaultdict(Seen)
    for line in ledger:
        brand = owners.get(line["account"])
        if brand is not None:
            _note(seen[brand], line)
    return seen


def _note(seen: Seen, line: Mapping[str, Any]) -> None:
    if line["event"] == "hide":
        seen.hidden.add(line["subject"])
    elif line["event"] == "unhide":
        seen.hidden.discard(line["subject"])
    elif line["event"] == "create" and line["author"] != line["account"]:
        seen.said.add(line["subject"])
    elif line["event"] == "create" and line["via"] == "api":
        if line["parent"]:
            seen.answered[line["parent"]] += 1
        else:
            seen.posted[line["text"], line["network"]] += 1


def since(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """What console counted between two answers of its `/summary`, by brand."""
    earlier = before.get("brands", {})
    return {
        brand: {word: row[word] - earlier.get(brand, {}).get(word, 0) for word in WORDS}
        for brand, row in after["brands"].items()
    }


def in_all(brands: Mapping[str, Sums]) -> dict[str, int]:
    """The sums over all brands."""
    return {word: sum(row[word] for row in brands.values()) for word in WORDS}


def differences(counted: Mapping[str, Sums], seen: Mapping[str, Seen]) -> list[str]:
    """Where console and the networks disagree, and what stands twice, in words; none is as it should be."""
    found = []
    for brand, row in sorted(counted.items()):
        networks = seen.get(brand, Seen())
        for word, there in networks.sums.items():
            if row[word] != there:
                found.append(f"{brand}: console counts {row[word]} {words(word)}, the networks {there}")
        found += [f"{brand}: {what} stands there twice" for what in networks.doubled]
    return found


def words(word: str) -> str:
    """`held_for_a_person` as people write it."""
    return word.replace("_", " ")
